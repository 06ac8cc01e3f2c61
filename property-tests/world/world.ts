/**
 * A whole world in one process: a server over a simulated disk and machine, agents that outlive it, operators who send
 * and readers who follow over a simulated network, all on simulated time. The code between these seams is production's.
 * What happens is decided by commands; a world only does it, and writes down what came of it.
 */

import type { Decision } from '../../src/machines/events.ts'
import type { ErrorName } from '../../src/runtime/errors.ts'
import { mayBeHalted } from '../checkers/halted.ts'
import { type Asked, logOf } from '../checkers/history.ts'
import type { Heeds } from './agents.ts'
import { createDisk } from './disk.ts'
import { createMachine } from './machine.ts'
import { createReader, type Reader } from './reader.ts'
import { createRecorder } from './recorder.ts'
import { type SimulatedServer, startServer } from './server.ts'
import type { Sights } from './sights.ts'
import { ALL, createTasks } from './tasks.ts'
import type { Life, Time } from './time.ts'

/** Under a key or not; by a network that doubles it or not. */
type Sending = { keyed: boolean; doubled: boolean }

export type World = Awaited<ReturnType<typeof createWorld>>

const SESSIONS = 2
const READERS = 3
/** What may still arrive of a server that dies: a part of a frame. */
const CUT_BYTES = 40
/** Whatever failed is tried again within this. */
const RETRIES_MS = 1_500
/** Until everything has come to an end, or never will: the kill ladder and its grace lie within. */
const PATIENCE_MS = 60_000
const STEP_MS = 500

export async function createWorld(sights: Sights, time: Time) {
  const recorder = createRecorder(time, sights)
  const { record, see } = recorder
  const tasks = createTasks(time)
  const disk = createDisk(recorder, tasks)
  const machine = createMachine(recorder, tasks)
  const faults: unknown[] = []
  let ids = 0
  const freshId = (): string => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`

  let servers = 0
  let server: SimulatedServer | null = null
  let wishes = 0
  let requests = 0
  const asked: Asked[] = []
  /** Requests that are not answered yet. */
  const open = new Map<number, Life | null>()

  const start = (): void => {
    if (server !== null) return
    const life: Life = { name: `server ${++servers}`, alive: true }
    const started = time.within(life, () =>
      startServer({ ...{ life, time, disk, machine, freshId }, onFault: (error) => void faults.push(error) }),
    )
    server = started
    void started.starting.then((adopted) => see('adopted turn', adopted > 0))
  }

  const crash = async (how: { keep: boolean }): Promise<void> => {
    if (server === null) return
    see('crash')
    const { life } = server
    server = null
    await disk.crash(how)
    time.end(life)
    machine.forgetWatchers()
    for (const reader of readers) reader.cut(how.keep ? CUT_BYTES : 0)
    for (const [request, by] of open) if (by === life) lose(request)
    record({ type: 'crashed' })
  }

  const lose = (request: number): void => {
    open.delete(request)
    see('request lost')
    record({ type: 'unanswered', request })
  }

  const send = async (what: Asked): Promise<void> => {
    const request = requests++
    record({ type: 'asked', request, ...what })
    open.set(request, null)
    await tasks.whenDue()
    const by = server
    if (!by?.ready) return lose(request)
    open.set(request, by.life)
    const answer = await time.within(by.life, () => by.answer(what))
    if (!open.has(request)) return
    await tasks.whenDue()
    if (open.delete(request)) record({ type: 'answered', request, ...answer })
  }

  const ask = (what: Asked, doubled: boolean): void => {
    if (!asked.includes(what)) asked.push(what)
    void send(what)
    see('request doubled', doubled)
    if (doubled) void send(what)
  }

  const keyed = (pick: number): (Asked & { key: string }) | null => {
    const all = asked.filter((wish): wish is Asked & { key: string } => wish.key !== undefined)
    return all.reverse()[pick % all.length] ?? null
  }

  start()
  const sessions: string[] = []
  for (let count = 0; count < SESSIONS; count++) {
    const opening = time.within(server!.life, () => server!.open())
    await tasks.run(ALL)
    sessions.push((await opening).id)
  }
  const sessionOf = (pick: number): string => sessions[pick % SESSIONS]!
  const readers: Reader[] = Array.from({ length: READERS }, (_, count) =>
    createReader({ ...{ time, tasks, recorder }, server: () => server }, `reader ${count}`, sessionOf(count)),
  )
  const readerOf = (pick: number): Reader => readers[pick % READERS]!

  /** The prompts that were queued, or the questions that were asked, the newest first: what clients know of. */
  const known = (session: string, kind: 'queued' | 'approval'): string[] => {
    const ids = logOf(recorder.history, session).flatMap((event) => {
      if (event.kind !== kind) return []
      return event.kind === 'queued' ? [event.promptId] : event.kind === 'approval' ? [event.approvalId] : []
    })
    return [...new Set(ids)].reverse()
  }

  const wishOf = (what: Asked['what'], pick: number, options: Sending, more: Partial<Asked> = {}): void => {
    const wish = `${what} ${wishes++}`
    const key = options.keyed ? { key: wish } : {}
    ask({ wish, session: sessionOf(pick), what, body: '', ...more, ...key }, options.doubled)
  }

  const foldOf = async (session: string) => {
    const row = await disk.memory.get(session)
    if (row === null || row === 'deleted') throw new Error('the session is gone')
    return row.fold
  }

  /** Does all there is to do, and lets time pass, until `isDone` or patience ends. */
  const until = async (isDone: () => boolean | Promise<boolean>): Promise<void> => {
    const begun = time.now
    for (;;) {
      for (const reader of readers) reader.reconnect()
      await tasks.run(ALL)
      const passed = time.now - begun
      if ((passed >= RETRIES_MS && (await isDone())) || passed >= PATIENCE_MS) return
      await time.advance(STEP_MS)
    }
  }

  const rest = (over: boolean): void =>
    record({ type: 'rest', streams: readers.flatMap((reader) => reader.streams()), over })

  return {
    history: recorder.history,
    faults,
    run: tasks.run,
    advance: async (ms: number): Promise<void> => time.advance(ms),
    prompt(
      pick: number,
      options: Sending & { heeds: Heeds | 'nothing'; whenBusy: 'reject' | 'queue' },
    ): void {
      const { heeds, whenBusy } = options
      wishOf('prompt', pick, options, { body: `prompt ${wishes}, heeds ${heeds}`, whenBusy })
    },
    cancel: (pick: number, options: Sending): void => wishOf('cancel', pick, options),
    resume: (pick: number, options: Sending): void => wishOf('resume', pick, options),
    /** Of one of the newest prompts that were queued, whatever has become of it. */
    edit(pick: number, which: number, options: Sending): void {
      const target = known(sessionOf(pick), 'queued')[which]
      if (target !== undefined)
        wishOf('edit', pick, options, { body: `edit ${wishes}, heeds interrupt`, target })
    },
    remove(pick: number, which: number, options: Sending): void {
      const target = known(sessionOf(pick), 'queued')[which]
      if (target !== undefined) wishOf('remove', pick, options, { target })
    },
    /** One of the newest questions of the agents', whatever has become of it. */
    answer(pick: number, which: number, options: Sending & { decision: Decision }): void {
      const target = known(sessionOf(pick), 'approval')[which]
      if (target !== undefined) wishOf('answer', pick, options, { body: options.decision, target })
    },
    /** Sends once more what was sent under a key before; 0 is the newest. */
    again(pick: number): void {
      const wish = keyed(pick)
      if (wish === null) return
      see('key sent again')
      ask(wish, false)
    },
    /** Sends something else under a key that was used before. */
    misuse(pick: number): void {
      const other = keyed(pick)
      if (other === null) return
      see('key with another body')
      const wish = `prompt ${wishes++}`
      const body = `${wish}, heeds interrupt`
      ask({ wish, session: other.session, what: 'prompt', body, key: other.key }, false)
    },
    /** The agent that runs in a session does something. */
    agent: (pick: number) => machine.agentOf(sessionOf(pick)),
    crash,
    start,
    failCommits: (codes: ErrorName[]): void => disk.failNext(codes),
    reader: readerOf,
    /** Whatever there was: everybody is there and can be reached, all that is on its way arrives. Then all agents end. */
    async heal(): Promise<void> {
      disk.failNext([])
      start()
      for (const reader of readers) reader.resume()
      await until(() => open.size === 0)
      rest(false)
      await until(async () => {
        for (const session of sessions) {
          const agent = machine.agentOf(session)
          agent?.finishBlock()
          agent?.leave(0)
        }
        const folds = await Promise.all(sessions.map(foldOf))
        // One that is not held goes on by itself.
        for (const [pick, { opened, queueHeld }] of folds.entries()) {
          const isHeld = queueHeld !== null || mayBeHalted(recorder.history, sessions[pick]!)
          if (opened === null && isHeld) wishOf('resume', pick, { keyed: false, doubled: false })
        }
        return folds.every(({ opened, queue }) => opened === null && queue.length === 0)
      })
      rest(true)
      for (const reader of readers) reader.leave()
      await tasks.run(ALL)
    },
  }
}
