import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import PQueue from 'p-queue'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createActor, setup } from 'xstate'
import type { PortCommand, PortEvent } from '../../../src/machines/process-events.ts'
import type { Agent } from '../../../src/runtime/agents/agent.ts'
import { CodedError } from '../../../src/runtime/errors.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { bootId, uptimeMs } from '../../../src/runtime/process/boot.ts'
import { createProcessPort, type PortDeps, type PortSession } from '../../../src/runtime/process/port.ts'
import { isAlive } from '../../../src/runtime/process/process-table.ts'
import { appendInput, prepareRun } from '../../../src/runtime/process/run-directory.ts'
import type { RunOptions } from '../../../src/runtime/process/run-options.ts'
import type { SpoolCursor } from '../../../src/runtime/process/turn.ts'
import { until } from '../../support/until.ts'
import { mountSmallDisk } from './small-disk.ts'
import { kill, launchOf, own, runOptions, shimOf, testCgroup } from './turn.ts'

// The orphans of what other tests start at the same time are theirs; whose they are nobody can say.
const orphans = vi.hoisted(() => ({ found: [] as { pid: number }[] }))
vi.mock('../../../src/runtime/process/orphans.ts', () => ({ findOrphans: () => orphans.found }))
beforeEach(() => {
  orphans.found = []
})

/** An agent whose every line is a text; `done` is its last word, and `unknown` its excuse to be started anew. */
const agent: Agent = {
  name: 'obedient',
  program: 'bash',
  launch: () => launchOf('obedient', ''),
  begin: () => ({ lines: 0 }),
  translate(before, lines) {
    const texts = lines.map((line) => line.text)
    const state = { lines: Number(before.lines) + lines.length, unknown: texts.includes('unknown') }
    const records = texts
      .filter((text) => text !== '')
      .map((text) => ({ kind: 'text', text, block: 0 }) as const)
    return {
      ...{ state, records },
      ...(texts.includes('done') && { finished: { error: null } }),
      ...(texts.includes('may I') && { reply: 'say replied\n' }),
    }
  },
  partials: ({ lines }) => (lines === 0 ? [] : [{ block: 0, kind: 'text', text: `${lines}` }]),
  answer: ({ approvalId }) => `say told ${approvalId}\n`,
  interrupt: { input: 'exit 9\n' },
  retry: (state, _exit, memory, freshId) =>
    state.unknown === true
      ? {
          memory: { id: freshId, known: !memory.known },
          record: { kind: 'notice', level: 'warn', code: 'again', text: 'once more' },
        }
      : null,
}

const NO_CGROUP = { parent: null, name: 'none' }

type Given = {
  inputs?: string[]
  fixture?: string
  deps?: Partial<PortDeps & PortSession>
  whyNot?: string
  server?: Server
  cgroup?: RunOptions['cgroup']
}
/** What one server leaves to the next. */
type Server = { options: RunOptions; kept: { cursor?: SpoolCursor } }

/** A port under a parent that collects what it says. The cursor is kept as a session's log would keep it. */
function startPort({
  inputs = [''],
  fixture = 'obedient',
  deps = {},
  whyNot,
  server,
  cgroup = NO_CGROUP,
}: Given) {
  const options = server?.options ?? runOptions(fixture)
  const memory = { id: 'session', known: false }
  const faults: unknown[] = []
  const writing: Parameters<PortSession['onWriting']>[] = []
  const kept: { cursor: SpoolCursor } = {
    cursor: server?.kept.cursor ?? {
      ...{ turn: 1, run: 'run', attempt: 0, boot: bootId(), startedAt: null, resumedAt: null },
      ...{ unsaid: null, stop: null, finished: null, offset: 0 },
      ...{ state: agent.begin(), memory },
    },
  }
  const runDir = (attempt: number): string => (attempt === 0 ? options.dir : `${options.dir}.${attempt}`)
  const launched: SpoolCursor[] = []
  const events: PortEvent[] = []
  const heard: (() => void)[] = []
  const all: PortDeps & PortSession = {
    turnContext: () => ({
      ...options,
      ...{ agent, whyNot: whyNot ?? null, cursor: kept.cursor, runDir, cgroup: () => cgroup },
      launch(cursor) {
        launched.push(cursor)
        return launchOf(fixture, inputs[cursor.attempt] ?? '')
      },
    }),
    durable: async () => {},
    slots: new PQueue({ concurrency: 1 }),
    freshId: () => 'fresh',
    ...{ bootId, uptimeMs },
    outputBytesMax: Number.POSITIVE_INFINITY,
    failPoint: () => {},
    pace: () => undefined,
    onWriting(...told) {
      writing.push(told)
    },
    onFault: (error) => void faults.push(error),
    ...deps,
  }
  const port = createProcessPort(all, () => all)
  const parent = setup({ types: { events: {} as PortEvent }, actors: { port } }).createMachine({
    invoke: { id: 'port', src: 'port', input: { turn: 1 } },
    on: {
      '*': {
        actions: ({ event }) => {
          events.push(event)
          if (event.type === 'OUTPUT' && event.spool) kept.cursor = event.spool as SpoolCursor
          for (const listener of heard.splice(0)) listener()
        },
      },
    },
  })
  const actor = createActor(parent)
  onTestFinished(() => void actor.stop())
  actor.start()
  const type = (event: PortEvent) => event.type
  return {
    options,
    kept,
    launched,
    events,
    writing,
    faults,
    send: (command: PortCommand) => actor.getSnapshot().children.port!.send(command),
    port: () => actor.getSnapshot().children.port!.getSnapshot(),
    detach: () => actor.stop(),
    types: () => events.map(type),
    texts: () =>
      events
        .flatMap((event) => (event.type === 'OUTPUT' ? event.records : []))
        .map((record) => 'text' in record && record.text),
    /** The first event of this type, once it was said. */
    async heard<T extends PortEvent['type']>(wanted: T) {
      for (;;) {
        const found = events.find((event) => event.type === wanted)
        if (found) return found as PortEvent & { type: T }
        await new Promise<void>((resolve) => heard.push(resolve))
      }
    },
    /** Once all that is on its way has been said: nothing follows of it. */
    async settled() {
      await sleep(2 * LIMITS.leftoverSettleMs)
    },
    async said(text: string) {
      while (!this.texts().includes(text)) await new Promise<void>((resolve) => heard.push(resolve))
    },
  }
}

test('a turn is started, read and exited, in this order', async () => {
  const turn = startPort({ inputs: ['say hello\nsay done\nexit 0\n'] })
  expect(await turn.heard('EXITED')).toEqual({ type: 'EXITED', exitCode: 0, signal: null, error: '' })
  expect(turn.types()[0]).toBe('STARTED')
  expect(turn.types()).toContain('FINISHED')
  expect(turn.types().indexOf('FINISHED')).toBeGreaterThan(turn.types().indexOf('OUTPUT'))
  expect(turn.texts()).toEqual(['hello', 'done'])
  expect(turn.kept.cursor).toMatchObject({ attempt: 0, offset: 11, state: { lines: 2 } })
})

test('nothing starts before the turn is on record', async () => {
  const recorded = Promise.withResolvers<void>()
  const durable = vi.fn(() => recorded.promise)
  const turn = startPort({ inputs: ['exit 0\n'], deps: { durable } })
  await until(() => expect(durable).toHaveBeenCalled())
  expect(existsSync(turn.options.dir)).toBe(false)
  recorded.resolve()
  await turn.heard('EXITED')
})

test('a turn that could not be recorded never runs, and the port is silent', async () => {
  const durable = vi.fn(async () => Promise.reject(new Error('the disk is full')))
  const turn = startPort({ deps: { durable } })
  await until(() => expect(durable).toHaveBeenCalled())
  await new Promise(setImmediate)
  expect(turn.events).toEqual([])
  expect(existsSync(turn.options.dir)).toBe(false)
})

test('what never will be on record, since the turn is over and its session deleted, is no fault', async () => {
  let durable = async (): Promise<void> => {}
  const turn = startPort({ inputs: ['say ready\n'], deps: { durable: () => durable() } })
  await turn.said('ready')
  const deleted = Promise.withResolvers<void>()
  const asked = vi.fn(() => deleted.promise)
  durable = asked
  turn.send(answerTo('a'))
  turn.send({ type: 'TERMINATE', cause: 'cancelled' })
  await until(() => expect(asked).toHaveBeenCalledTimes(2))
  turn.detach()
  deleted.reject(new CodedError('session_not_found'))
  await new Promise(setImmediate)
  expect(turn.faults).toEqual([])
})

test('the next output is not read before the last is durable', async () => {
  let stored = Promise.withResolvers<void>()
  let calls = 0
  const turn = startPort({
    inputs: ['say one\n'],
    deps: { durable: () => (++calls === 1 ? Promise.resolve() : stored.promise) },
  })
  await turn.said('one')
  appendInput(turn.options.dir, 'say two\nexit 0\n')
  await until(() => expect(existsSync(join(turn.options.dir, 'exit'))).toBe(true))
  expect(turn.texts()).toEqual(['one'])
  stored.resolve()
  stored = Promise.withResolvers()
  stored.resolve()
  await turn.heard('EXITED')
  expect(turn.texts()).toEqual(['one', 'two'])
})

test('an agent that cannot run here is not started', async () => {
  const turn = startPort({ whyNot: 'claude was not found' })
  expect(await turn.heard('START_FAILED')).toEqual({
    ...{ type: 'START_FAILED', cause: 'spawn_failed', error: 'claude was not found' },
  })
  expect(existsSync(turn.options.dir)).toBe(false)
})

test('a run that is under way is adopted even when its agent could not be started any more', async () => {
  const first = startPort({ inputs: ['say one\n'] })
  await first.said('one')
  first.detach()
  appendInput(first.options.dir, 'say two\nexit 0\n')
  const second = startPort({ server: first, whyNot: 'claude was not found' })
  await second.heard('EXITED')
  expect(second.texts()).toEqual(['two'])
})

test('a workspace that is gone is a failed start', async () => {
  const options = { ...runOptions('obedient'), cwd: '/nowhere' }
  const turn = startPort({ server: { options, kept: {} } })
  expect(await turn.heard('START_FAILED')).toMatchObject({ error: 'the workspace /nowhere is not there' })
})

test('servers that come and go give every line once, and only the last tells the end', async () => {
  let server = startPort({ inputs: ['say 0\n'] })
  await server.said('0')
  const texts = server.texts()
  for (let next = 1; next < 4; next++) {
    server.detach()
    appendInput(server.options.dir, `say ${next}\n`)
    const adopted = startPort({ server })
    await adopted.said(`${next}`)
    expect(adopted.types()).not.toContain('EXITED')
    texts.push(...adopted.texts())
    server = adopted
  }
  server.send({ type: 'END_INPUT' })
  expect(await server.heard('EXITED')).toMatchObject({ exitCode: 0 })
  expect(texts).toEqual(['0', '1', '2', '3'])
})

test('what is being written is told before anything is read, and after the records of each read', async () => {
  const first = startPort({ inputs: ['say one\n'] })
  await first.said('one')
  const kept = structuredClone(first.kept.cursor)
  first.detach()
  appendInput(first.options.dir, 'say two\nexit 0\n')
  const second = startPort({ server: { options: first.options, kept: { cursor: kept } } })
  await second.heard('EXITED')
  const block = (text: string) => ({ block: 0, kind: 'text', text }) as const
  expect(first.writing).toEqual([
    [1, [], []],
    [1, [block('1')], [block('one')]],
  ])
  expect(second.writing).toEqual([
    [1, [block('1')], []],
    [1, [block('2')], [block('two')]],
  ])
})

test('a port that has let go says nothing more of what is being written', async () => {
  const letGo = (): void => void turn.detach()
  const turn = startPort({ inputs: ['say one\nexit 0\n'], deps: { failPoint: letGo } })
  await until(() => expect(existsSync(join(turn.options.dir, 'exit'))).toBe(true))
  await turn.settled()
  expect(turn.writing).toEqual([])
})

test('a turn whose run is gone is not started a second time', async () => {
  const first = startPort({ inputs: ['say one\n'] })
  await first.said('one')
  first.detach()
  expect(first.kept.cursor.startedAt).not.toBeNull()
  renameSync(first.options.dir, `${first.options.dir}.gone`)
  const second = startPort({ server: first })
  expect(await second.heard('LOST')).toMatchObject({
    cause: 'lost',
    error: "the turn's run directory is gone",
  })
  expect(existsSync(first.options.dir)).toBe(false)
  appendInput(`${first.options.dir}.gone`, 'exit 0\n')
})

test('a turn that was recorded before the machine was restarted, and never seen to start, is not started', async () => {
  const server = { options: runOptions('obedient'), kept: {} as { cursor?: SpoolCursor } }
  const state = agent.begin()
  const memory = { id: 'session', known: false }
  server.kept.cursor = {
    ...{
      turn: 1,
      run: 'run',
      attempt: 0,
      boot: 'an earlier one',
      startedAt: null,
      resumedAt: null,
      unsaid: null,
      stop: null,
      finished: null,
      offset: 0,
    },
    ...{ state, memory },
  }
  const port = startPort({ server })
  expect(await port.heard('LOST')).toMatchObject({ cause: 'interrupted' })
  expect(port.launched).toEqual([])
})

test('nothing is said after the port was detached', async () => {
  const turn = startPort({ inputs: ['say one\n'] })
  await turn.said('one')
  turn.detach()
  const before = turn.events.length
  appendInput(turn.options.dir, 'say two\nexit 0\n')
  await until(() => expect(existsSync(join(turn.options.dir, 'exit'))).toBe(true))
  await new Promise(setImmediate)
  expect(turn.events).toHaveLength(before)
})

test('an agent that refused its memory is started once more, from the beginning, in a run of its own', async () => {
  const turn = startPort({ inputs: ['say unknown\nexit 1\n', 'say hello again\nexit 0\n'] })
  expect(await turn.heard('EXITED')).toMatchObject({ exitCode: 0 })
  expect(turn.texts()).toEqual(['unknown', 'once more', 'hello again'])
  expect(turn.types().filter((type) => type === 'STARTED')).toHaveLength(1)
  expect(turn.launched.map(({ attempt, offset, memory }) => ({ attempt, offset, memory }))).toEqual([
    { attempt: 0, offset: 0, memory: { id: 'session', known: false } },
    { attempt: 1, offset: 0, memory: { id: 'fresh', known: true } },
  ])
})

test('an agent is started three times at most', async () => {
  const refusal = 'say unknown\nexit 1\n'
  const turn = startPort({ inputs: [refusal, refusal, refusal, refusal] })
  expect(await turn.heard('EXITED')).toMatchObject({ exitCode: 1 })
  expect(turn.launched).toHaveLength(3)
})

test('an agent that is being stopped is not started once more', async () => {
  const turn = startPort({ inputs: ['say unknown\n'] })
  await turn.said('unknown')
  turn.send({ type: 'INTERRUPT', cause: 'cancelled' })
  expect(await turn.heard('EXITED')).toMatchObject({ exitCode: 9 })
  expect(turn.launched).toHaveLength(1)
})

test('turns beyond the limit wait for a slot, and say so', async () => {
  const slots = new PQueue({ concurrency: 1 })
  const first = startPort({ inputs: ['say first\n'], deps: { slots } })
  await first.said('first')
  const second = startPort({ inputs: ['say second\nexit 0\n'], deps: { slots } })
  const waiting = await second.heard('OUTPUT')
  expect(waiting.records).toMatchObject([{ kind: 'notice', code: 'waiting_for_slot' }])
  expect(existsSync(second.options.dir)).toBe(false)
  first.send({ type: 'END_INPUT' })
  await second.heard('EXITED')
  expect(second.texts()).toContain('second')
  await slots.onIdle()
})

test('a turn that is abandoned while it waits for a slot is cleared, and never starts', async () => {
  const slots = new PQueue({ concurrency: 1 })
  const first = startPort({ inputs: ['say first\n'], deps: { slots } })
  await first.said('first')
  const second = startPort({ deps: { slots } })
  await second.heard('OUTPUT')
  second.send({ type: 'ABANDON' })
  expect(await second.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  first.send({ type: 'END_INPUT' })
  await slots.onIdle()
  // Only that nobody is ever to start it is on disk.
  expect(readdirSync(second.options.dir)).toEqual(['claim'])
  expect(second.types().slice(0, 2)).toEqual(['OUTPUT', 'CLEARED'])
  expect(second.types()).not.toContain('STARTED')
})

test('a turn that another server started is found although it is abandoned', async () => {
  const first = startPort({ inputs: ['say one\n'] })
  await first.said('one')
  first.detach()
  const second = startPort({ server: first })
  second.send({ type: 'ABANDON' })
  await second.heard('STARTED')
  second.send({ type: 'INTERRUPT', cause: 'cancelled' })
  expect(await second.heard('EXITED')).toMatchObject({ exitCode: 9 })
  expect(second.types()).not.toContain('CLEARED')
})

test.for(['TERMINATE', 'KILL'] as const)('%s clears the turn of all its processes', async (type) => {
  const turn = startPort({ fixture: 'double-fork' })
  await until(() => expect(turn.texts()).toHaveLength(1))
  const leaf = own(Number(/\d+/.exec(String(turn.texts()[0]))![0]))
  turn.send({ type, cause: 'cancelled' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(isAlive(leaf)).toBe(false)
  expect(await turn.heard('EXITED')).toMatchObject({ signal: type === 'KILL' ? 'SIGKILL' : 'SIGTERM' })
})

test('KILL after TERMINATE ends what ignored it, and the turn is cleared once', async () => {
  const turn = startPort({ fixture: 'ignores-term' })
  await turn.heard('OUTPUT')
  turn.send({ type: 'TERMINATE', cause: 'cancelled' })
  turn.send({ type: 'KILL', cause: 'cancelled' })
  await turn.heard('CLEARED')
  expect(turn.types().filter((type) => type === 'CLEARED')).toHaveLength(1)
})

/** A shim that is held up on its way: what it needs before it begins its agent does not come back. */
function holdShim() {
  const options = runOptions('obedient', '')
  const held = join(options.cwd, 'held')
  const program = join(options.cwd, 'mkfifo')
  writeFileSync(
    program,
    `#!/bin/sh\ntrap '' TERM\necho $$ >${held}.new\nmv ${held}.new ${held}\nexec sleep 600\n`,
  )
  chmodSync(program, 0o755)
  const path = { PATH: `${options.cwd}:${options.env.PATH}` }
  const turn = startPort({ server: { options: { ...options, env: path }, kept: {} } })
  const isHeld = () => until(() => own(Number(readFileSync(held, 'utf8'))))
  return { turn, isHeld }
}

test('a supervisor that has not begun its agent when SIGKILL comes ends with the turn: none begins behind it', async () => {
  const { turn, isHeld } = holdShim()
  const holder = await isHeld()
  const shim = own(shimOf(turn.options.dir).pid)
  turn.send({ type: 'TERMINATE', cause: 'cancelled' })
  turn.send({ type: 'KILL', cause: 'cancelled' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect([shim, holder].filter(isAlive)).toEqual([])
  expect(existsSync(join(turn.options.dir, 'agent'))).toBe(false)
})

test('a shim that is killed is a lost turn, which can still be cleared', async () => {
  const turn = startPort({ fixture: 'double-fork' })
  await until(() => expect(turn.texts()).toHaveLength(1))
  const leaf = own(Number(/\d+/.exec(String(turn.texts()[0]))![0]))
  kill(shimOf(turn.options.dir))
  expect(await turn.heard('LOST')).toMatchObject({ cause: 'lost' })
  turn.send({ type: 'TERMINATE', cause: 'cancelled' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(isAlive(leaf)).toBe(false)
})

test('a translation that throws loses the turn, and nothing else', async () => {
  const translate = vi.spyOn(agent, 'translate').mockImplementation(() => {
    throw new Error('a bug')
  })
  onTestFinished(() => translate.mockRestore())
  const turn = startPort({ inputs: ['say one\n'] })
  expect(await turn.heard('LOST')).toEqual({
    type: 'LOST',
    cause: 'lost',
    error: 'the turn could not be supervised: a bug',
  })
})

test('an interrupt that cannot be written down does not take the port with it', async () => {
  const turn = startPort({ inputs: ['say one\n'] })
  await turn.said('one')
  // What a full disk is to the server: `in` takes nothing more.
  rmSync(join(turn.options.dir, 'in'))
  mkdirSync(join(turn.options.dir, 'in'))
  expect(() => turn.send({ type: 'INTERRUPT', cause: 'cancelled' })).not.toThrow()
  expect(turn.port().status).toBe('active')
  await until(() => expect(turn.faults).toMatchObject([{ code: 'EISDIR' }]))
})

test('the prompt of a run is prepared once, whoever starts it', async () => {
  const options = runOptions('obedient')
  prepareRun(options.dir, launchOf('obedient', 'say from the first server\nexit 0\n'))
  const turn = startPort({ server: { options, kept: {} }, inputs: ['say from the second\n'] })
  await turn.heard('EXITED')
  expect(turn.texts()).toEqual(['from the first server'])
  expect(readFileSync(join(options.dir, 'out'), 'utf8')).toBe('from the first server\n')
})

/** The notices that a port has told, by their codes. */
const codesOf = (turn: ReturnType<typeof startPort>): string[] =>
  turn.events
    .flatMap((event) => (event.type === 'OUTPUT' ? event.records : []))
    .flatMap((record) => (record.kind === 'notice' ? [record.code] : []))

/** A turn whose agent has left this behind, and gone. */
async function startLeaving(verb: 'start' | 'daemon', given: Given = {}) {
  const turn = startPort({ inputs: [`${verb}\n`], ...given })
  const text = await until(() => {
    const ready = turn.texts().find((text) => /^ready \d+$/.test(String(text)))
    expect(ready).toBeDefined()
    return String(ready)
  })
  const leaf = own(Number(/\d+/.exec(text)![0]))
  return { turn, leaf }
}

test.for([
  ['report', ['left_behind']],
  ['kill', ['left_behind']],
  ['keep', []],
] as const)('what an agent leaves behind is counted and left alone: %s', async ([policy, codes]) => {
  const { turn, leaf } = await startLeaving('start')
  appendInput(turn.options.dir, 'exit 0\n')
  await turn.heard('EXITED')
  turn.send({ type: 'REPORT', policy })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 1 })
  expect(codesOf(turn)).toEqual(codes)
  expect(isAlive(leaf)).toBe(true)
  expect(turn.types().at(-1)).toBe('CLEARED')
  expect(turn.faults).toEqual([])
})

test('what is left behind is named in the log, with how far the agent was read', async () => {
  const { turn, leaf } = await startLeaving('start')
  appendInput(turn.options.dir, 'exit 0\n')
  await turn.heard('EXITED')
  const { offset } = turn.kept.cursor
  turn.send({ type: 'REPORT', policy: 'report' })
  await turn.heard('CLEARED')
  expect(turn.texts().at(-1)).toBe(`The turn leaves behind: sleep 600 (${leaf.pid})`)
  expect(turn.kept.cursor).toMatchObject({ offset, stop: null })
})

test('an agent that leaves nothing behind is cleared without a word', async () => {
  const turn = startPort({ inputs: ['exit 0\n'] })
  await turn.heard('EXITED')
  turn.send({ type: 'REPORT', policy: 'report' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(codesOf(turn)).toEqual([])
})

test.for(['report', 'keep'] as const)(
  'an agent that gave in to its interrupt is asked what it leaves behind: %s',
  async (policy) => {
    const { turn, leaf } = await startLeaving('start')
    turn.send({ type: 'INTERRUPT', cause: 'cancelled' })
    expect(await turn.heard('EXITED')).toMatchObject({ exitCode: 9 })
    turn.send({ type: 'REPORT', policy })
    expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 1 })
    expect(isAlive(leaf)).toBe(true)
  },
)

test('a stop while what is left behind is counted ends it, and says once what is left then', async () => {
  const { turn, leaf } = await startLeaving('start')
  appendInput(turn.options.dir, 'exit 0\n')
  await turn.heard('EXITED')
  turn.send({ type: 'REPORT', policy: 'report' })
  turn.send({ type: 'TERMINATE', cause: 'exited' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(isAlive(leaf)).toBe(false)
  await turn.settled()
  expect(turn.types().filter((type) => type === 'CLEARED')).toHaveLength(1)
  expect(codesOf(turn)).toEqual([])
})

test('what may be the turn’s is said and counted, and never signalled', async () => {
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' })
  await once(stranger, 'spawn')
  const bystander = own(stranger.pid!)
  orphans.found = [bystander]
  const turn = startPort({ inputs: ['say one\n'] })
  await turn.said('one')
  turn.send({ type: 'KILL', cause: 'cancelled' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 1 })
  expect(codesOf(turn)).toEqual(['maybe_left_behind'])
  expect(isAlive(bystander)).toBe(true)
})

test('in a cgroup nothing that the turn left behind is in doubt, and nothing else is taken for it', async ({
  skip,
}) => {
  const { parent, name, dir } = testCgroup(skip)
  orphans.found = [{ pid: process.pid }]
  const { turn, leaf } = await startLeaving('daemon', { cgroup: { parent, name } })
  appendInput(turn.options.dir, 'exit 0\n')
  await turn.heard('EXITED')
  turn.send({ type: 'REPORT', policy: 'report' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 1 })
  expect(codesOf(turn)).toEqual(['left_behind'])
  expect(isAlive(leaf)).toBe(true)
  // What lives in it keeps it.
  expect(existsSync(dir)).toBe(true)
})

test('in a cgroup a tool that has cut every tie is ended with the turn, and the cgroup goes with it', async ({
  skip,
}) => {
  const { parent, name, dir } = testCgroup(skip)
  const { turn, leaf } = await startLeaving('daemon', { cgroup: { parent, name } })
  turn.send({ type: 'TERMINATE', cause: 'cancelled' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(isAlive(leaf)).toBe(false)
  expect(existsSync(dir)).toBe(false)
})

test('an agent that says without end is told of once, while it is still being read, and can be stopped', async () => {
  const outputBytesMax = 1024 * 1024
  const turn = startPort({ inputs: [`forever ${'x'.repeat(1023)}\n`], deps: { outputBytesMax } })
  const overflowed = await turn.heard('OVERFLOWED')
  expect(overflowed.error).toMatch(/^the agent has said \d+ MiB, and 1 MiB is the limit$/)
  expect(turn.types()).not.toContain('EXITED')
  turn.send({ type: 'KILL', cause: 'output_limit' })
  await turn.heard('CLEARED')
  expect(turn.types().filter((type) => type === 'OVERFLOWED')).toHaveLength(1)
  expect(turn.kept.cursor.offset).toBeLessThanOrEqual(outputBytesMax)
  expect(await turn.heard('EXITED')).toMatchObject({ signal: 'SIGKILL' })
})

test('an agent that only complains is heard', async () => {
  const turn = startPort({ inputs: ['say one\n'] })
  await turn.said('one')
  const before = turn.events.length
  appendInput(turn.options.dir, 'complain no disk\n')
  await turn.heard('HEARD')
  expect(turn.events.slice(before).map(({ type }) => type)).toContain('HEARD')
  expect(turn.types()).not.toContain('EXITED')
})

test('the times of a turn are on record by the clock of the machine, which nobody can set', async () => {
  let now = 4_711
  const turn = startPort({ inputs: ['say one\n'], deps: { uptimeMs: () => now } })
  await turn.said('one')
  expect(turn.kept.cursor).toMatchObject({ startedAt: 4_711, stop: null })
  now = 9_000
  turn.send({ type: 'INTERRUPT', cause: 'stalled' })
  await turn.heard('EXITED')
  expect(turn.kept.cursor).toMatchObject({ startedAt: 4_711, stop: { cause: 'stalled', at: 9_000 } })
})

const answerTo = (approvalId: string): PortCommand => ({
  type: 'ANSWER',
  asked: { approvalId, toolUseId: '', toolName: '', input: {}, description: '', suggestions: [] },
  answer: { decision: 'allow' },
})

test('an answer reaches the agent in its own words; when its time began anew stays on record', async () => {
  const turn = startPort({ inputs: ['say ready\n'], deps: { uptimeMs: () => 777 } })
  await turn.said('ready')
  expect(turn.kept.cursor.resumedAt).toBeNull()
  turn.send(answerTo('a'))
  await turn.said('told a')
  expect(turn.kept.cursor).toMatchObject({ resumedAt: null, unsaid: null })
  turn.send({ type: 'RESUMED' })
  expect(turn.kept.cursor.resumedAt).toBe(777)
  turn.send(answerTo('b'))
  await turn.said('told b')
  expect(turn.kept.cursor.resumedAt).toBe(777)
  turn.send({ type: 'END_INPUT' })
  await turn.heard('EXITED')
})

test('an answer that one server has on record is given by the next, once', async () => {
  const server = { options: runOptions('obedient'), kept: {} as { cursor?: SpoolCursor } }
  const never = () => new Promise<void>(() => {})
  let durable = async (): Promise<void> => {}
  const first = startPort({ inputs: ['say ready\n'], server, deps: { durable: () => durable() } })
  await first.said('ready')
  durable = never
  first.send(answerTo('a'))
  first.detach()
  expect(first.kept.cursor.unsaid).toMatchObject({ text: 'say told a\n' })

  // Before it is found again the agent is told something else as well.
  const second = startPort({ server: { ...server, kept: first.kept } })
  second.send(answerTo('b'))
  await second.said('told b')
  const third = startPort({ server: { ...server, kept: second.kept } })
  second.detach()
  await third.heard('STARTED')
  third.send({ type: 'END_INPUT' })
  await third.heard('EXITED')
  expect([...second.texts(), ...third.texts()].filter((text) => text !== 'ready')).toEqual([
    'told a',
    'told b',
  ])
})

test('what the adapter has to reply is said to the agent, once, and not while it is being stopped', async () => {
  const turn = startPort({ inputs: ['say may I\n'] })
  await turn.said('replied')
  turn.send({ type: 'END_INPUT' })
  await turn.heard('EXITED')
  expect(turn.texts()).toEqual(['may I', 'replied'])
})

test('an agent that is being stopped is told no answer that it was still to have', async () => {
  const server = { options: runOptions('obedient'), kept: {} as { cursor?: SpoolCursor } }
  let durable = async (): Promise<void> => {}
  const first = startPort({ inputs: ['say ready\n'], server, deps: { durable: () => durable() } })
  await first.said('ready')
  durable = () => new Promise(() => {})
  first.send(answerTo('a'))
  first.send({ type: 'INTERRUPT', cause: 'cancelled' })
  expect(first.kept.cursor).toMatchObject({ stop: { cause: 'cancelled' }, unsaid: null })
  first.detach()
  const second = startPort({ server: { ...server, kept: first.kept } })
  await second.heard('STARTED')
  second.send({ type: 'INTERRUPT', cause: 'cancelled' })
  await second.heard('EXITED')
  expect(second.texts()).toEqual([])
})

test('a turn that is abandoned before it began is cleared, and never runs', async () => {
  const turn = startPort({ inputs: ['say ran\n'] })
  turn.send({ type: 'ABANDON' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(await turn.heard('START_FAILED')).toMatchObject({ cause: 'spawn_failed' })
  expect(readdirSync(turn.options.dir)).toEqual(['claim'])
})

test('a disk without room is told as what it is', async ({ skip }) => {
  const { dir, fill } = mountSmallDisk(skip)
  fill()
  const server = { options: { ...runOptions('obedient'), dir }, kept: {} }
  expect(await startPort({ server }).heard('START_FAILED')).toMatchObject({ cause: 'disk_full' })
})

test('an agent whose last words cannot be stored is stopped all the same, and the log says what it lacks', async () => {
  const never = Promise.withResolvers<void>()
  let calls = 0
  const durable = () => (++calls === 1 ? Promise.resolve() : never.promise)
  const turn = startPort({ inputs: ['say one\nsay two\n'], deps: { durable } })
  await turn.said('one')
  const stored = turn.kept.cursor.offset
  appendInput(turn.options.dir, 'say three\n')
  await until(() => expect(readFileSync(join(turn.options.dir, 'out'), 'utf8')).toContain('three'))
  turn.send({ type: 'KILL', cause: 'cancelled' })
  expect(await turn.heard('CLEARED')).toEqual({ type: 'CLEARED', survivors: 0 })
  expect(await turn.heard('EXITED')).toMatchObject({ signal: 'SIGKILL' })
  expect(turn.types().indexOf('EXITED')).toBeLessThan(turn.types().indexOf('CLEARED'))
  expect(codesOf(turn)).toEqual(['output_unread'])
  expect(turn.texts().at(-1)).toContain(`The last ${'one\ntwo\nthree\n'.length - stored} bytes`)
})

test('a start comes to its instants', async () => {
  const points: string[] = []
  const failPoint = (point: string) => void points.push(point)
  const turn = startPort({ inputs: ['exit 0\n'], deps: { failPoint } })
  await turn.heard('EXITED')
  expect(points).toEqual(['before-spawn', 'after-spawn'])
})
