/**
 * Answers to approvals on their way: each under a key of its own, tried until the server has taken it or says that
 * somebody was faster. Kept until then: one that was given in a tunnel goes out behind it, although the page was made
 * anew; whether it is still asked for, the server knows.
 */
import { createStore } from '@xstate/store'
import { type AnswerInput, type Client, RequestError, type Resolution } from '../../client/index.ts'
import { createRounds, type Rounds } from '../../client/rounds.ts'
import { askPatiently } from './patiently.ts'
import { problemText } from './problem-text.ts'
import { readJson, type Shelf } from './shelf.ts'

export type GivenAnswer = {
  decision: AnswerInput['decision']
  /** `waiting`: for the network. `late`: somebody was faster, or it is not asked any more. */
  state: 'sending' | 'waiting' | 'taken' | 'late' | 'refused'
  problem: string | null
  /** When it was late: what the server has instead, where it says so. */
  resolution: Resolution | null
}

export type AnswersDeps = { client: Pick<Client, 'answer'>; shelf: Shelf; newKey(): string }

/** As it is kept. `input` has its key. */
type Unsent = { sessionId: string; approvalId: string; input: AnswerInput }

const PREFIX = 'answer.'
const WAITING = { state: 'waiting', problem: null, resolution: null } as const

export function createAnswers({ client, shelf, newKey }: AnswersDeps) {
  const unsent = (): Unsent[] => shelf.names(PREFIX).flatMap((name) => readJson<Unsent>(shelf, name) ?? [])
  const kept = unsent().map(({ approvalId, input: { decision } }) => [approvalId, { decision, ...WAITING }])
  const store = createStore({
    context: Object.fromEntries(kept) as Record<string, GivenAnswer>,
    on: {
      changed: (context, { approvalId, answer }: { approvalId: string; answer: GivenAnswer }) => ({
        ...context,
        [approvalId]: answer,
      }),
      gone: (context, { approvalId }: { approvalId: string }) => {
        const { [approvalId]: _, ...rest } = context
        return rest
      },
    },
  })
  const asking = new Map<string, Rounds>()

  const send = async ({ sessionId, approvalId, input }: Unsent): Promise<void> => {
    const rounds = createRounds(undefined)
    asking.set(approvalId, rounds)
    const tell = (change: Partial<GivenAnswer> & Pick<GivenAnswer, 'state'>): void => {
      const answer = { decision: input.decision, problem: null, resolution: null, ...change }
      if (!rounds.stopped) store.trigger.changed({ approvalId, answer })
    }
    tell({ state: 'sending' })
    try {
      const ask = (): Promise<Resolution> => client.answer(sessionId, approvalId, input)
      const taken = await askPatiently(ask, rounds, () => tell({ state: 'waiting' }))
      if (taken !== null) tell({ state: 'taken' })
    } catch (error) {
      const isLate =
        error instanceof RequestError &&
        (error.code === 'already_resolved' || error.code === 'approval_not_open')
      if (isLate) {
        const { resolution = null } = error.problem as { resolution?: Resolution }
        tell({ state: 'late', resolution })
      } else tell({ state: 'refused', problem: problemText(error) })
    }
    // Another one has taken its place.
    if (asking.get(approvalId) !== rounds) return
    asking.delete(approvalId)
    shelf.write(PREFIX + approvalId, null)
  }

  const drop = (approvalId: string): void => {
    asking.get(approvalId)?.stop()
    asking.delete(approvalId)
    store.trigger.gone({ approvalId })
  }
  // Another tab has sent it, or taken it back.
  shelf.watch((name) => {
    const approvalId = name.slice(PREFIX.length)
    if (name.startsWith(PREFIX) && shelf.read(name) === null && asking.has(approvalId)) drop(approvalId)
  })

  return {
    store,
    async give(sessionId: string, approvalId: string, input: AnswerInput): Promise<void> {
      if (asking.has(approvalId)) return
      const given = { sessionId, approvalId, input: { ...input, idempotencyKey: newKey() } }
      shelf.write(PREFIX + approvalId, JSON.stringify(given))
      await send(given)
    },
    /** Not to be sent any more; what has arrived, has. */
    takeBack(approvalId: string): void {
      shelf.write(PREFIX + approvalId, null)
      drop(approvalId)
    },
    /** Tries at once what waits; of an earlier visit as well. */
    wake(): void {
      for (const rounds of asking.values()) rounds.again()
      for (const given of unsent()) if (!asking.has(given.approvalId)) void send(given)
    },
  }
}
