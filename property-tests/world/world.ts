/**
 * A whole world in one process: a server over a simulated disk and machine, agents that outlive it, operators who send
 * and readers who follow over a simulated network, all on simulated time. The code between these seams is production's.
 * What happens is decided by commands; a world only does it, and writes down what came of it.
 */
import type { ErrorName } from '../../src/runtime/errors.ts'
import type { SessionRow } from '../../src/runtime/log/store.ts'
import { mayBeHalted } from '../checkers/halted.ts'
import { createDisk } from './disk.ts'
import type { Ground } from './ground.ts'
import { createMachine } from './machine.ts'
import { createOperators } from './operators.ts'
import { createReader, type Reader } from './reader.ts'
import { createRecorder } from './recorder.ts'
import { createRequests } from './requests.ts'
import { createServers } from './servers.ts'
import type { Sights } from './sights.ts'
import { ALL, createTasks } from './tasks.ts'
import type { Life, Time } from './time.ts'

export type World = Awaited<ReturnType<typeof createWorld>>

const READERS = 3
/** Whatever failed is tried again within this. */
const RETRIES_MS = 1_500
/** Until everything has come to an end, or never will: the kill ladder and its grace lie within. */
const PATIENCE_MS = 60_000
const STEP_MS = 500

export async function createWorld(sights: Sights, time: Time, dirs: Ground['dirs']) {
  const recorder = createRecorder(time, sights)
  const { history, record } = recorder
  const tasks = createTasks(time)
  const disk = createDisk(recorder, tasks)
  const machine = createMachine(recorder, tasks, time)
  const faults: unknown[] = []
  let ids = 0
  const freshId = (): string => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`

  const hangUp = (life: Life, bytes: number): void => {
    for (const reader of readers) reader.cut(bytes)
    requests.loseAll(life)
  }
  const servers = createServers({
    ...{
      dirs,
      time,
      tasks,
      recorder,
      disk,
      machine,
      freshId,
      hangUp,
      onFault: (error) => void faults.push(error),
    },
  })
  const requests = createRequests({
    ...{ time, tasks, recorder, server: servers.current },
    onAnswer(asked, answer) {
      if (answer.status === 500) faults.push(answer.answer)
      operators.hear(asked, answer)
    },
  })
  const operators = createOperators({ recorder, freshId, send: requests.send })
  const { sessionOf } = operators
  const readers: Reader[] = Array.from({ length: READERS }, (_, pick) =>
    createReader(
      { ...{ time, tasks, recorder }, server: servers.current, currentSession: () => sessionOf(pick) },
      `reader ${pick}`,
    ),
  )

  /** Does all there is to do, and lets time pass, until a server runs and `isDone`, or patience ends. */
  const until = async (isDone: () => boolean | Promise<boolean>): Promise<void> => {
    const begun = time.now
    let upSince = begun
    for (;;) {
      servers.start()
      for (const reader of readers) reader.reconnect()
      await tasks.run(ALL)
      // One that is told to stop may have to wait for its disk first.
      if (!servers.current()?.ready) upSince = time.now
      if (time.now - upSince >= RETRIES_MS && (await isDone())) return
      if (time.now - begun >= PATIENCE_MS) return
      await time.advance(STEP_MS)
    }
  }

  /** Lets the agent of a session end, and its prompts go on. @returns whether nothing is left of them */
  const conclude = ({ id, fold }: SessionRow): boolean => {
    const agent = machine.agentOf(id)
    agent?.finishBlock()
    agent?.leave(0)
    // One that is not held goes on by itself.
    const isHeld = fold.queueHeld !== null || mayBeHalted(history, id)
    if (fold.opened === null && isHeld) operators.resumeSession(id)
    return fold.opened === null && fold.queue.length === 0
  }

  const rest = (over: boolean): void =>
    record({ type: 'rest', streams: readers.flatMap((reader) => reader.streams()), over })

  servers.start()
  await tasks.run(ALL)
  for (const pick of [...operators.sessions].keys()) operators.open(pick)
  await tasks.run(ALL)

  return {
    ...operators,
    ...{ history, faults, run: tasks.run },
    ...{ start: servers.start, stop: servers.stop, crash: servers.crash },
    advance: async (ms: number): Promise<void> => time.advance(ms),
    /** The agent that runs in a session does something. */
    agent: (pick: number) => machine.agentOf(sessionOf(pick)),
    loseSupervisor: (pick: number): void => machine.loseSupervisor(sessionOf(pick)),
    /** And so everything on it. */
    async restartMachine(how: { keep: boolean; keepsRuns: boolean }): Promise<void> {
      await servers.crash(how)
      machine.restart(how)
    },
    failCommits: (codes: ErrorName[]): void => disk.failNext(codes),
    reader: (pick: number): Reader => readers[pick % READERS]!,
    /** Whatever there was: everybody is there and can be reached, all that is on its way arrives. Then all agents end. */
    async heal(): Promise<void> {
      disk.failNext([])
      for (const reader of readers) reader.resume()
      await until(() => requests.areAnswered)
      rest(false)
      await until(async () => {
        const rows = await Promise.all([...operators.sessions].map(disk.memory.get))
        const done = rows.map((row) => row === null || row === 'deleted' || conclude(row))
        return done.every((isDone) => isDone)
      })
      rest(true)
      for (const reader of readers) reader.leave()
      await tasks.run(ALL)
    },
  }
}
