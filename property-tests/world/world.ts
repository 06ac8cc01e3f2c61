/**
 * A whole world in one process: a server over a simulated disk and machine, agents that outlive it, operators who send
 * and readers who follow over a simulated network, all on simulated time. The code between these seams is production's.
 * What happens is decided by commands; a world only does it, and writes down what came of it.
 */

import { basename, join } from 'node:path'
import type { ErrorName } from '../../src/runtime/errors.ts'
import type { SessionEdit, SessionRow } from '../../src/runtime/log/store.ts'
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

/** How many sessions clients have at once: one that is deleted makes room for another. */
const SESSIONS = 2
const READERS = 3
/** What may still arrive of a server that dies: a part of a frame. */
const CUT_BYTES = 40
/** Whatever failed is tried again within this. */
const RETRIES_MS = 1_500
/** Until everything has come to an end, or never will: the kill ladder and its grace lie within. */
const PATIENCE_MS = 60_000
const STEP_MS = 500

/** @param dir of the real file system: agents are launched with files of theirs, which nobody simulates */
export async function createWorld(sights: Sights, time: Time, dir: string) {
  const recorder = createRecorder(time, sights)
  const { record, see } = recorder
  const tasks = createTasks(time)
  const disk = createDisk(recorder, tasks)
  const machine = createMachine(recorder, tasks, time)
  const dirs = { data: join(dir, 'data'), workspace: join(dir, 'workspace') }
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
      startServer({
        ...{ dirs, life, time, disk, machine, freshId },
        removeDir: (dir) => removeDir(life, dir),
        onFault: (error) => void faults.push(error),
      }),
    )
    server = started
    void started.starting.then((adopted) => see('adopted turn', adopted > 0))
  }

  const removeDir = async (life: Life, dir: string): Promise<void> => {
    await tasks.whenDue()
    if (!life.alive) return new Promise(() => {})
    machine.removeDir(dir)
    record({ type: 'removed', session: basename(dir) })
  }

  /** Nobody is connected to it any more. */
  const hangUp = (life: Life, bytes: number): void => {
    for (const reader of readers) reader.cut(bytes)
    for (const [request, by] of open) if (by === life) lose(request)
  }

  /** It does nothing more. */
  const end = async ({ life }: SimulatedServer, how: { keep: boolean }): Promise<void> => {
    server = null
    await disk.crash(how)
    time.end(life)
    machine.forgetWatchers()
  }

  const crash = async (how: { keep: boolean }): Promise<void> => {
    if (server === null) return
    see('crash')
    see('crash while stopping', server.closing)
    const { life } = server
    await end(server, how)
    hangUp(life, how.keep ? CUT_BYTES : 0)
    record({ type: 'crashed' })
  }

  const stop = async (): Promise<void> => {
    const stopping = server
    if (stopping === null || stopping.closing) return
    see('stopped')
    see(
      'stopped with a turn that runs',
      slots.some((session) => machine.agentOf(session) !== null),
    )
    record({ type: 'stopping' })
    const closed = time.within(stopping.life, stopping.close)
    hangUp(stopping.life, 0)
    await closed
    if (!stopping.life.alive) return
    record({ type: 'stopped' })
    await end(stopping, { keep: false })
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
    if (!open.delete(request)) return
    if (answer.status === 500) faults.push(answer.answer)
    record({ type: 'answered', request, ...answer })
    if (answer.status === 410 || (what.what === 'delete' && answer.status === 204)) gone.add(what.session)
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

  /** Every session that was ever asked for, and those that clients use now. */
  const sessions = Array.from({ length: SESSIONS }, freshId)
  const slots = [...sessions]
  /** Those that clients were told are deleted. */
  const gone = new Set<string>()
  const sessionOf = (pick: number): string => slots[pick % SESSIONS]!
  const readers: Reader[] = Array.from({ length: READERS }, (_, count) =>
    createReader(
      { ...{ time, tasks, recorder }, server: () => server, currentSession: () => sessionOf(count) },
      `reader ${count}`,
    ),
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

  /** What has no key. */
  const bare = (doubled: boolean): Sending => ({ keyed: false, doubled })

  /** Under the same id, until it is told that there was one. */
  const openSession = (pick: number, doubled = false): void => {
    if (gone.has(sessionOf(pick))) {
      slots[pick % SESSIONS] = freshId()
      sessions.push(sessionOf(pick))
    }
    wishOf('open', pick, bare(doubled))
  }

  /** Does all there is to do, and lets time pass, until `isDone` or patience ends. */
  const until = async (isDone: () => boolean | Promise<boolean>): Promise<void> => {
    const begun = time.now
    for (;;) {
      // One that is still stopping makes room first.
      start()
      for (const reader of readers) reader.reconnect()
      await tasks.run(ALL)
      const passed = time.now - begun
      if ((passed >= RETRIES_MS && (await isDone())) || passed >= PATIENCE_MS) return
      await time.advance(STEP_MS)
    }
  }

  const rest = (over: boolean): void =>
    record({ type: 'rest', streams: readers.flatMap((reader) => reader.streams()), over })

  start()
  await tasks.run(ALL)
  for (const pick of slots.keys()) openSession(pick)
  await tasks.run(ALL)

  return {
    history: recorder.history,
    faults,
    run: tasks.run,
    advance: async (ms: number): Promise<void> => time.advance(ms),
    open: openSession,
    delete: (pick: number, doubled = false): void => wishOf('delete', pick, bare(doubled)),
    /** Tells from the title whose wish it is. */
    set: (pick: number, edit: SessionEdit, doubled = false): void =>
      wishOf('set', pick, bare(doubled), { body: JSON.stringify({ title: `set ${wishes}`, ...edit }) }),
    prompt(
      pick: number,
      options: Sending & {
        heeds: Heeds | 'nothing'
        whenBusy: 'reject' | 'queue'
        attachments?: string[]
      },
    ): void {
      const { heeds, whenBusy, attachments = [] } = options
      wishOf('prompt', pick, options, { body: `prompt ${wishes}, heeds ${heeds}`, whenBusy, attachments })
    },
    clear: (pick: number, options: Sending): void => wishOf('clear', pick, options),
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
    answer(pick: number, which: number, options: Sending & { answer: 'allow' | 'deny' | 'always' }): void {
      const target = known(sessionOf(pick), 'approval')[which]
      if (target !== undefined) wishOf('answer', pick, options, { body: options.answer, target })
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
    loseSupervisor: (pick: number): void => machine.loseSupervisor(sessionOf(pick)),
    crash,
    start,
    stop: (): void => void stop(),
    /** Of the machine, and so of everything on it. */
    async restartMachine(how: { keep: boolean; keepsRuns: boolean }): Promise<void> {
      await crash(how)
      machine.restart(how)
    },
    failCommits: (codes: ErrorName[]): void => disk.failNext(codes),
    reader: readerOf,
    /** Whatever there was: everybody is there and can be reached, all that is on its way arrives. Then all agents end. */
    async heal(): Promise<void> {
      disk.failNext([])
      for (const reader of readers) reader.resume()
      await until(() => open.size === 0)
      rest(false)
      await until(async () => {
        const rows = (await Promise.all(sessions.map(disk.memory.get))).filter((row) => Object(row) === row)
        for (const { id, fold } of rows as SessionRow[]) {
          const agent = machine.agentOf(id)
          agent?.finishBlock()
          agent?.leave(0)
          // One that is not held goes on by itself.
          const isHeld = fold.queueHeld !== null || mayBeHalted(recorder.history, id)
          if (fold.opened === null && isHeld) wishOf('resume', 0, bare(false), { session: id })
        }
        return (rows as SessionRow[]).every(({ fold }) => fold.opened === null && fold.queue.length === 0)
      })
      rest(true)
      for (const reader of readers) reader.leave()
      await tasks.run(ALL)
    },
  }
}
