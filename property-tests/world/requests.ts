/**
 * Requests of operators, on a network that doubles, delays and loses them: sent to whatever server runs when they arrive,
 * answered when it has, or never.
 */
import type { Asked } from '../checkers/history.ts'
import type { Recorder } from './recorder.ts'
import type { Answer, SimulatedServer } from './server.ts'
import type { Tasks } from './tasks.ts'
import type { Life, Time } from './time.ts'

export function createRequests(deps: {
  time: Time
  tasks: Tasks
  recorder: Recorder
  server: () => SimulatedServer | null
  /** A client has its answer. */
  onAnswer: (asked: Asked, answer: Answer) => void
}) {
  const { time, tasks } = deps
  const { record, see } = deps.recorder
  let requests = 0
  /** What is not answered yet, and by whom it is being answered. */
  const open = new Map<number, Life | null>()

  const lose = (request: number): void => {
    open.delete(request)
    see('request lost')
    record({ type: 'unanswered', request })
  }

  const sendOnce = async (asked: Asked): Promise<void> => {
    const request = requests++
    record({ type: 'asked', request, ...asked })
    open.set(request, null)
    await tasks.whenDue()
    const by = deps.server()
    if (!by?.ready) return lose(request)
    open.set(request, by.life)
    const answer = await time.within(by.life, () => by.answer(asked))
    if (!open.has(request)) return
    await tasks.whenDue()
    if (!open.delete(request)) return
    record({ type: 'answered', request, ...answer })
    deps.onAnswer(asked, answer)
  }

  return {
    send(asked: Asked, doubled = false): void {
      see('request doubled', doubled)
      for (const _ of doubled ? [1, 2] : [1]) void sendOnce(asked)
    },
    /** Nobody is connected to a server any more. */
    loseAll(of: Life): void {
      for (const [request, by] of open) if (by === of) lose(request)
    },
    get areAnswered() {
      return open.size === 0
    },
  }
}
