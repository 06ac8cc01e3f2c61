/**
 * One session of a real runtime, over a store in memory and a port that is scripted. It remembers what was asked and
 * what was answered. What happens to it is decided by steps.
 */
import { setImmediate } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Event } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../src/machines/fold.ts'
import { createAgents } from '../src/runtime/agents/registry.ts'
import { createDirectories } from '../src/runtime/directories.ts'
import { CodedError } from '../src/runtime/errors.ts'
import { LIMITS } from '../src/runtime/limits.ts'
import { eventTexts } from '../src/runtime/log/frames.ts'
import type { SessionRow } from '../src/runtime/log/store.ts'
import { createWriter } from '../src/runtime/log/writer.ts'
import type { QueueAfterCancel } from '../src/runtime/queue/rules.ts'
import { createSessionActors } from '../src/runtime/session-actors.ts'
import { createSessions } from '../src/runtime/sessions.ts'
import { checkLog } from '../src/verify/check-log.ts'
import { CLEARED, exited, LEFTOVERS, OUTPUT, START_FAILED, STARTED } from '../test/machines/port-events.ts'
import { createScriptedPort } from '../test/machines/scripted-port.ts'
import { createMemoryStore, type MemoryStore } from '../test/support/memory-store.ts'
import type { FakeTimers } from './fake-timers.ts'
import { checkAnswers, isDue, isOpen, type Request } from './queue-answers.ts'

/** What the runs came to see, over all of them: a property that never gets there says nothing. */
export const createSights = () => ({
  ...{ started: 0, queued: 0, edited: 0, removed: 0, cleared: 0, resumed: 0, nothingToResume: 0 },
  ...{ tooLateToEdit: 0, refusedWhileATurnRan: 0, startFailed: 0, busyThoughIdle: 0, askedAgain: 0 },
  ...{ heldByCancel: 0, heldByNoStart: 0, ranAfterCancel: 0, unanswered: 0, waitedForTheNextServer: 0 },
})
export type Sights = ReturnType<typeof createSights>

/** `pick` chooses among the prompts that ever waited. */
export type Ask =
  | { ask: 'prompt'; whenBusy: 'reject' | 'queue'; key: string | null }
  | { ask: 'edit' | 'remove'; pick: number }
  | { ask: 'clear' }
  | { ask: 'resume' | 'cancel'; key: string | null }

export type QueueWorld = Awaited<ReturnType<typeof createQueueWorld>>

const turnsOfTheLoop = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}
/** More than anything takes that nothing holds up. */
const LONG = 12

/** What would have held the queue behind the event of this id. */
const stateAt = (events: Event[], id: number): string | null =>
  events.slice(0, id).reduce(foldEvent, EMPTY_FOLD).queueHeld

type ServerDeps = {
  store: MemoryStore
  dataDir: string
  queueAfterCancel: QueueAfterCancel
  onFault: (error: unknown) => void
}

function startServer({ store, dataDir, queueAfterCancel, onFault }: ServerDeps) {
  const port = createScriptedPort()
  // Obedient: whatever it is told, the agent goes and leaves nothing behind.
  port.answerWith(({ type }) => (type === 'INTERRUPT' ? [exited(1)] : type === 'END_INPUT' ? [] : [CLEARED]))
  const writer = createWriter(store, { retryMs: LIMITS.storeRetryMs })
  const sessions = createSessions({
    ...{ store, writer, queueAfterCancel, leftovers: LEFTOVERS, onFault },
    directories: createDirectories(dataDir),
    agents: createAgents({ claudeBin: 'none', path: '' }),
    actors: createSessionActors(() => port.logic),
    ...{ environment: {}, cgroupParent: null, approvalTimeoutMs: null },
    ...{ turnTimeoutMs: null, stallNoticeMs: null, stallKillMs: null, killGraceMs: 1_000 },
    ...{ now: () => new Date(), freshId: () => crypto.randomUUID() },
    ...{ bootId: () => 'boot', uptimeMs: () => 0, removeDir: async () => {} },
    ...{ workspaceRoots: [], permissionMode: 'ask' },
  })
  return { port, writer, sessions }
}

/** @param timers what waits for time does so only as long as nothing else can happen */
export async function createQueueWorld(
  { dataDir, timers, sights }: { dataDir: string; timers: FakeTimers; sights: Sights },
  queueAfterCancel: QueueAfterCancel,
) {
  let startsToFail = 0
  const memory = createMemoryStore()
  const store: MemoryStore = {
    ...memory,
    async commit(appends) {
      // A commit takes a turn of the event loop: what is asked meanwhile finds it under way.
      await setImmediate()
      const isStart = appends.some(({ segment }) => segment?.frames.includes('"reason":"started"'))
      if (!isStart || startsToFail === 0) return memory.commit(appends)
      startsToFail--
      sights.startFailed++
      throw new CodedError('storage_full')
    },
  }
  const faults: unknown[] = []
  const onFault = (error?: unknown): void => void faults.push(error)
  const deps = { store, dataDir, queueAfterCancel, onFault }
  const requests: Request[] = []
  /** Whose answer went with their server. */
  const cut = new Set<Request>()
  /** Turns whose agents have gone. */
  const ended = new Set<number>()
  let server = startServer(deps)
  let session = await server.sessions.open({ agent: 'shell' })
  const { id } = session

  const see = (sight: keyof Sights, isSeen: boolean): void => {
    if (isSeen) sights[sight]++
  }

  const readEvents = async (): Promise<Event[]> => {
    const segment = await store.read(id, -1, Number.POSITIVE_INFINITY)
    return segment === null ? [] : eventTexts(segment).map((text) => JSON.parse(text))
  }

  const send = (ask: Ask, { text, promptId }: Request): Promise<unknown> => {
    const key = 'key' in ask && ask.key !== null ? { key: ask.key, bodyHash: ask.key } : undefined
    switch (ask.ask) {
      case 'prompt':
        return session.prompt({ text, whenBusy: ask.whenBusy, ...(key && { idempotency: key }) })
      case 'edit':
        return session.queue.edit(promptId!, text)
      case 'remove':
        return session.queue.remove(promptId!)
      case 'clear':
        return session.queue.clear()
      case 'resume':
        return session.queue.resume(key)
      case 'cancel':
        return session.cancel('operator', key)
    }
  }

  const isRecorded = (): boolean => session.log.fold.opened !== null

  const lookAround = (events: Event[], fold: SessionFold): void => {
    const started = events.filter((event) => event.kind === 'dequeued' && event.reason === 'started')
    const wasAnswered = (test: (request: Request) => boolean): boolean => requests.some(test)
    const keys = requests.flatMap(({ key, answer }) => (key === null || answer === undefined ? [] : [key]))
    for (const reason of ['edited', 'removed', 'cleared'] as const)
      if (events.some((event) => event.kind === 'dequeued' && event.reason === reason)) sights[reason]++
    const seen: Partial<Record<keyof Sights, boolean>> = {
      queued: wasAnswered(({ answer }) => answer?.queued === true),
      resumed: wasAnswered(({ ask, answer }) => ask === 'resume' && answer?.turn !== undefined),
      nothingToResume: wasAnswered(({ answer }) => answer?.resumed === false),
      tooLateToEdit: wasAnswered(({ ask, refused }) => ask === 'edit' && refused === 'prompt_started'),
      askedAgain: new Set(keys).size < keys.length,
      started: started.length > 0,
      heldByCancel: fold.queue.length > 0 && fold.queueHeld === 'cancelled',
      heldByNoStart: fold.queue.length > 0 && fold.queueHeld === 'not_started',
      ranAfterCancel:
        queueAfterCancel === 'run' && started.some(({ id }) => stateAt(events, id) === 'cancelled'),
    }
    for (const [sight, isSeen] of Object.entries(seen)) see(sight as keyof Sights, isSeen)
  }

  /** The agent of the turn that runs ends, or cannot be started. Nobody starts one that is not on record. */
  const endTurn = (how: 'ends' | 'fails'): void => {
    if (!isRecorded()) return
    ended.add(session.log.fold.turn)
    server.port.say(...(how === 'fails' ? [START_FAILED] : [STARTED, OUTPUT, exited(0)]))
  }

  return {
    /** Asks, and waits for nothing. */
    ask(ask: Ask): void {
      const ids = requests.flatMap(({ answer }): string[] => answer?.promptId ?? [])
      const key = 'key' in ask ? ask.key : null
      const request: Request = {
        ...{ ask: ask.ask, key, text: key ?? `${ask.ask} ${requests.length}` },
        promptId: 'pick' in ask ? (ids[ask.pick % ids.length] ?? 'unknown') : null,
      }
      requests.push(request)
      const ran = isRecorded()
      send(ask, request).then(
        (answer) => {
          request.answer = answer
        },
        (error: unknown) => {
          if (!(error instanceof CodedError)) onFault(error)
          else request.refused = error.code
          see('refusedWhileATurnRan', ran && request.refused === 'storage_full')
          see('busyThoughIdle', !ran && request.refused === 'session_busy')
        },
      )
    },
    endTurn,
    /** The same in the very step in which the next commit is known, before those hear of it who wait for it. */
    endTurnWithCommit(how: 'ends' | 'fails'): void {
      const unsubscribe = session.log.onCommitted(() => {
        unsubscribe()
        endTurn(how)
      })
    },
    failCommits(times: number): void {
      store.failNext(...Array.from({ length: times }, () => 'storage_full' as const))
    },
    /** The next prompt that waits cannot be started, at its first tries. */
    failStarts(times: number): void {
      startsToFail = times
    },
    /** Turns of the event loop: in each a commit begins, or ends. */
    tick: turnsOfTheLoop,
    /** Until nothing happens any more by itself, however long that takes. */
    async settle(): Promise<void> {
      do {
        await turnsOfTheLoop(LONG)
        timers.advance(LIMITS.queueRetryMs)
        await turnsOfTheLoop(LONG)
      } while (timers.count > 0)
      // Held by a cancel that is not on record, it is not due.
      const isWanted = isDue(session.log.fold, queueAfterCancel) && session.view().queueHeld === null
      expect(isWanted, 'a prompt that is due does not start').toBe(false)
      expect(requests.filter((request) => isOpen(request) && !cut.has(request))).toEqual([])
    },
    /** The server dies, and another one comes: all it knows is the store. */
    async restart(): Promise<void> {
      await server.sessions.detach()
      server.writer.stop()
      // What was being committed is, or is not.
      await turnsOfTheLoop(LONG)
      expect(timers.count, 'a server that is gone waits for something').toBe(0)
      for (const request of requests) if (isOpen(request)) cut.add(request)
      ended.clear()
      see('unanswered', cut.size > 0)
      const { fold } = (await store.get(id)) as SessionRow
      see('waitedForTheNextServer', fold.queue.length > 0)
      server = startServer(deps)
      expect(await server.sessions.adopt()).toBe(fold.opened === null ? 0 : 1)
      session = await server.sessions.get(id)
    },
    /** When all is settled. */
    async check(): Promise<void> {
      const events = await readEvents()
      const fold = events.reduce(foldEvent, EMPTY_FOLD)
      expect(checkLog(events)).toEqual([])
      const ends = events.flatMap((event) => (event.kind === 'turn_end' ? [event.turn] : []))
      expect(ends, 'what an agent said last was lost').toEqual(expect.arrayContaining([...ended]))
      expect(checkAnswers(events, requests, queueAfterCancel)).toEqual([])
      expect(session.view()).toMatchObject({ queue: fold.queue, state: fold.state, turn: fold.turn })
      expect(server.port.runningMax).toBeLessThanOrEqual(1)
      expect(faults).toEqual([])
      lookAround(events, fold)
    },
    /** Whatever was asked before: from now on all is well, and all that waits has its turn. */
    async drain(): Promise<void> {
      this.failCommits(0)
      this.failStarts(0)
      await this.settle()
      const { queue } = session.log.fold
      for (let turns = 0; turns <= queue.length; turns++) {
        endTurn('ends')
        await this.settle()
        this.ask({ ask: 'resume', key: null })
        await this.settle()
      }
      expect(session.view()).toMatchObject({ state: 'idle', queue: [] })
      await this.check()
    },
  }
}
