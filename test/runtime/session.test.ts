/** A session's commands in the gap between two turns, over a store in memory whose commits are held. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PQueue from 'p-queue'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../../src/machines/events.ts'
import { createAgents } from '../../src/runtime/agents/registry.ts'
import { createDirectories } from '../../src/runtime/directories.ts'
import { CodedError } from '../../src/runtime/errors.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import { follow } from '../../src/runtime/log/follow.ts'
import { eventTexts } from '../../src/runtime/log/frames.ts'
import { createWriter } from '../../src/runtime/log/writer.ts'
import type { QueueAfterCancel } from '../../src/runtime/queue/rules.ts'
import type { Session } from '../../src/runtime/session.ts'
import { createSessionActors } from '../../src/runtime/session-actors.ts'
import { createSessions } from '../../src/runtime/sessions.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { asking, CLEARED, exited, LEFTOVERS, OUTPUT, STARTED } from '../machines/port-events.ts'
import { createScriptedPort } from '../machines/scripted-port.ts'
import { collectGarbage } from '../support/collect.ts'
import { createMemoryStore } from '../support/memory-store.ts'
import { until } from '../support/until.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'breakglass-test-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function openSessions(queueAfterCancel: QueueAfterCancel) {
  const store = createMemoryStore()
  const port = createScriptedPort()
  port.answerWith(({ type }) => (type === 'INTERRUPT' ? [exited(1)] : type === 'END_INPUT' ? [] : [CLEARED]))
  const sessions = createSessions({
    ...{ store, writer: createWriter(store, { retryMs: 5 }), queueAfterCancel, leftovers: LEFTOVERS },
    ...{ directories: createDirectories(dataDir), agents: createAgents({ claudeBin: 'none', path: '' }) },
    ...{ environment: {}, cgroupParent: null, actors: createSessionActors(() => port.logic) },
    ...{ approvalTimeoutMs: null, turnTimeoutMs: null, stallNoticeMs: null, stallKillMs: null },
    ...{ killGraceMs: 1_000, now: () => new Date(), bootId: () => 'boot', uptimeMs: () => 0 },
    ...{ workspaceRoots: [], removeDir: async () => {} },
    ...{ freshId: () => crypto.randomUUID(), permissionMode: 'ask' },
    onFault: (error) => {
      throw error
    },
  })
  return { store, port, sessions }
}

/** A session whose first turn runs, with prompts behind it. */
async function openBusy(prompts: string[], queueAfterCancel: QueueAfterCancel = 'hold') {
  const { store, port, sessions } = openSessions(queueAfterCancel)
  const session = await sessions.open({ agent: 'shell' })
  await session.prompt({ text: 'first' })
  for (const text of prompts) await session.prompt({ text, whenBusy: 'queue' })
  const events = async (): Promise<Event[]> => {
    const segment = await store.read(session.id, -1, Number.POSITIVE_INFINITY)
    const all: Event[] = eventTexts(segment!).map((text) => JSON.parse(text))
    expect(checkLog(all)).toEqual([])
    return all
  }
  return {
    ...{ sessions, session, store, port, events },
    endTurn: () => port.say(STARTED, OUTPUT, exited(0)),
    /** The next commit waits to be let go. @returns fulfilled when it is under way */
    holdCommit() {
      const [held, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      store.holdAt(async (what) => {
        if (what !== 'commit') return
        store.holdAt(async () => {})
        held.resolve()
        await go.promise
      })
      return { held: held.promise, letGo: go.resolve }
    },
  }
}

const endsOf = (events: Event[]): string[] =>
  events.flatMap((event) => (event.kind === 'turn_end' ? [event.outcome] : []))
const promptsOf = (events: Event[]): string[] =>
  events.flatMap((event) => (event.kind === 'user' ? [event.text] : []))

test.for<[string, QueueAfterCancel, string[], string[]]>([
  ['and those behind it are held', 'hold', ['first', 'next'], ['last']],
  ['and those behind it go on when the operator wants it so', 'run', ['first', 'next', 'last'], []],
])('a cancel between two turns stops the one that is about to start, %s', async (given) => {
  const [, afterCancel, ran, waits] = given
  const { session, events, endTurn, holdCommit } = await openBusy(['next', 'last'], afterCancel)
  const end = holdCommit()
  endTurn()
  await end.held
  // The turn's end is on its way into the store: none runs, and the next one has not begun.
  expect(session.log.newest).toMatchObject({ state: 'idle', opened: null })
  const cancelled = session.cancel('operator')
  end.letGo()
  expect(await cancelled).toEqual({ cancelled: true, waiting: 1 })
  await until(() => expect(session.log.fold.turn).toBe(ran.length))
  await until(async () => expect(endsOf(await events()).slice(0, 2)).toEqual(['completed', 'cancelled']))
  expect(promptsOf(await events())).toEqual(ran)
  expect(session.queue.list().queue.map(({ prompt }) => prompt)).toEqual(waits)
  expect(session.queue.list().queueHeld).toBe(afterCancel === 'hold' ? 'cancelled' : null)
})

test('under its key it has one answer, and stops no later turn', async () => {
  const { session, events, endTurn, holdCommit } = await openBusy(['next', 'last'])
  const key = { key: 'k', bodyHash: 'cancel' }
  const end = holdCommit()
  endTurn()
  await end.held
  const answers = [session.cancel('operator', key), session.cancel('operator', key)]
  end.letGo()
  expect(await Promise.all(answers)).toEqual(Array(2).fill({ cancelled: true, waiting: 1 }))
  await until(() => expect(session.log.fold).toMatchObject({ state: 'idle', turn: 2 }))
  expect(await session.queue.resume()).toMatchObject({ turn: 3 })
  expect(await session.cancel('operator', key)).toEqual({ cancelled: true, waiting: 1 })
  expect(session.log.fold).toMatchObject({ state: 'running', turn: 3 })
  endTurn()
  await until(async () => expect(endsOf(await events())).toEqual(['completed', 'cancelled', 'completed']))
})

/** The commits of the turn's end and of the next one's start, in this order: which one is held for the cancel, and which fail. */
test.for<[string, number, number[], object]>([
  ['the end of the turn before cannot be stored', 1, [1], { cancelled: false, waiting: 2 }],
  ['it cannot be begun', 1, [2], { cancelled: false, waiting: 2 }],
  ['it was begun and could not be stored', 2, [2], { code: 'storage_full' }],
])('a cancel between two turns holds the next one when %s', async ([, atCommit, fails, answered]) => {
  const { sessions, session, store, events, endTurn, holdCommit } = await openBusy(['next', 'last'])
  const told: (string | null)[] = []
  sessions.onChange(() => void told.push(session.view().queueHeld))
  const [held, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let commits = 0
  store.holdAt(async (what) => {
    if (what !== 'commit') return
    const commit = ++commits
    if (commit === atCommit) held.resolve()
    if (commit === atCommit) await go.promise
    if (fails.includes(commit)) store.failNext('storage_full')
  })
  endTurn()
  await held.promise
  const cancelled = session.cancel('operator').catch((error: unknown) => error)
  go.resolve()
  expect(await cancelled).toMatchObject(answered)
  expect(told.at(-1)).toBe('cancelled')
  await until(() => expect(session.log.fold.opened).toBeNull())
  // As its clock does, and every commit.
  await session.queue.advance()
  expect(promptsOf(await events())).toEqual(['first'])
  expect(session.view()).toMatchObject({ state: 'idle', turn: 1, queueHeld: 'cancelled', queue: [{}, {}] })
  expect(await sessions.list()).toEqual([session.view()])
  // Whoever says otherwise has it go on, all of it, and nobody sees that before it is stored.
  const start = holdCommit()
  const resumed = session.queue.resume()
  await start.held
  expect(session.view().queueHeld).toBe('cancelled')
  start.letGo()
  expect(await resumed).toMatchObject({ turn: 2 })
  endTurn()
  await until(() => expect(session.log.fold).toMatchObject({ state: 'running', turn: 3 }))
  endTurn()
  await until(async () => expect(endsOf(await events())).toHaveLength(3))
  expect(session.view()).toMatchObject({ queueHeld: null, queue: [] })
})

const KEY = { key: 'k', bodyHash: 'body' }

test.for<[string, (session: Session) => Promise<unknown>]>([
  ['a cancel', (session) => session.cancel('phone', KEY)],
  ['an answer', (session) => session.answer({ approvalId: 'a', decision: 'allow' }, 'phone', KEY)],
])(
  '%s that comes when the server has let go of the turn is not acknowledged, nor when it is asked again',
  async ([, act]) => {
    const { sessions, session, store, port, events } = await openBusy([])
    port.say(STARTED, asking('a'))
    await session.log.durable()
    const before = await events()
    await sessions.detach()
    await expect(act(session)).rejects.toMatchObject({ code: 'storage_failed' })
    await session.log.durable()
    expect(await store.recall(session.id, KEY.key)).toBeNull()
    expect(await events()).toEqual(before)
  },
)

test('two who delete a session share one deletion: if it fails, it is there for both', async () => {
  const { sessions, session, store } = await openBusy([])
  const { remove } = store
  store.remove = async () => {
    store.remove = remove
    throw new CodedError('storage_full')
  }
  const both = await Promise.allSettled([sessions.remove(session.id), sessions.remove(session.id)])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await sessions.remove(session.id)
  expect(await store.get(session.id)).toBe('deleted')
})

test('whoever follows all sessions is told at once that one runs, asks, has its answer and rests', async () => {
  const { sessions, session, port } = await openBusy([])
  const told: string[] = []
  sessions.onChange((id) => {
    expect(id).toBe(session.id)
    const { state, approvals } = session.view()
    told.push(`${state} ${approvals.length}`)
  })
  port.say(STARTED, OUTPUT)
  await session.log.durable()
  port.say(OUTPUT)
  await session.log.durable()
  port.say(asking('a'))
  await session.log.durable()
  await session.answer({ approvalId: 'a', decision: 'allow' }, 'operator')
  port.say(exited(0))
  await until(() => expect(session.log.fold.state).toBe('idle'))
  expect(told).toEqual(['running 0', 'running 1', 'running 0', 'idle 0'])
})

/** Many others, so that one that nobody holds goes. */
async function useOthers(sessions: Awaited<ReturnType<typeof openBusy>>['sessions']): Promise<void> {
  for (let count = 0; count < LIMITS.restingSessionsMax; count++) await sessions.open({ agent: 'shell' })
  await collectGarbage()
}

test('a session at rest that nobody holds leaves memory, and comes back as it was', async () => {
  const leave = async () => {
    const { session, sessions, endTurn } = await openBusy([])
    endTurn()
    await session.log.durable()
    return { sessions, view: session.view(), left: new WeakRef(session) }
  }
  const { sessions, view, left } = await leave()
  await useOthers(sessions)
  expect(left.deref()).toBeUndefined()
  expect(await sessions.view(view.id)).toEqual(view)
  const again = await sessions.get(view.id)
  expect(again.view()).toEqual(view)
  expect(await again.prompt({ text: 'second' })).toEqual({ turn: 2, eventId: view.lastEventId + 1 })
})

test.for([
  ['a turn that runs', []],
  ['prompts that wait', ['next']],
] as const)('a session with %s stays, though nobody holds it', async ([, prompts]) => {
  const leave = async () => {
    const { session, sessions, endTurn } = await openBusy([...prompts])
    if (prompts.length > 0) {
      await session.cancel('phone')
      endTurn()
      await session.log.durable()
    }
    return { sessions, id: session.id, left: new WeakRef(session) }
  }
  const { sessions, id, left } = await leave()
  await useOthers(sessions)
  expect(await sessions.get(id)).toBe(left.deref())
})

test('whoever follows a session holds it', async () => {
  const leave = async () => {
    const { session, sessions, endTurn } = await openBusy([])
    endTurn()
    await session.log.durable()
    const follower = follow(
      session.log,
      -1,
      { write: () => true, caughtUp() {}, failed() {} },
      new PQueue({ concurrency: 1 }),
    )
    follower.resume()
    return { sessions, id: session.id, follower, left: new WeakRef(session) }
  }
  const { sessions, id, follower, left } = await leave()
  await useOthers(sessions)
  expect(await sessions.get(id)).toBe(left.deref())
  follower.stop()
})
