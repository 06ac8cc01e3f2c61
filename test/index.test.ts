/** The server as a program embeds it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import PQueue from 'p-queue'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Event, followEvents, openRuntime, type Runtime } from '../src/index.ts'
import { LIMITS } from '../src/runtime/limits.ts'
import { checkLog } from '../src/verify/check-log.ts'
import { tempDir } from './runtime/temp-dir.ts'

let runtime: Runtime
let dataDir: string
const faults: unknown[] = []
const open = () =>
  openRuntime({
    ...{ dataDir, workspaceRoots: [], claudeBin: 'none', agentEnv: [], environment: process.env },
    ...{
      turnTimeoutMs: null,
      stallNoticeMs: null,
      stallKillMs: null,
      approvalTimeoutMs: null,
      killGraceMs: 1_000,
    },
    ...{ outputBytesMax: 2 ** 30, leftovers: { ended: 'report', stopped: 'kill' }, cgroups: true },
    queueAfterCancel: 'hold',
    ...{ maxTurns: 2, permissionMode: 'ask' },
    onFault: (error) => void faults.push(error),
  })
beforeEach(async () => {
  dataDir = tempDir()
  runtime = await open()
})
afterEach(async () => {
  await runtime.close()
  expect(faults).toEqual([])
})

test('a program follows a session from any cursor, and sees each event once', async () => {
  const session = await runtime.sessions.open({ agent: 'shell' })
  const seen: Event[] = []
  const followed = (async () => {
    for await (const event of followEvents(session.log, { replays: new PQueue() })) {
      seen.push(event)
      if (event.kind === 'turn_end') return
    }
  })()
  expect(await session.prompt({ text: 'seq 1 500' })).toEqual({ turn: 1, eventId: 0 })
  await followed
  expect(checkLog(seen)).toEqual([])
  const output = seen.flatMap((event) => (event.kind === 'text' ? [event.text] : [])).join('')
  expect(output).toBe(Array.from({ length: 500 }, (_, i) => `${i + 1}\n`).join(''))

  const late: Event[] = []
  for await (const event of followEvents(session.log, { after: 1, replays: runtime.replays })) {
    late.push(event)
    if (event.kind === 'turn_end') break
  }
  expect(late).toEqual(seen.slice(2))
})

test('a session outlives the runtime, with the turn that ran in it', async () => {
  const session = await runtime.sessions.open({ agent: 'shell' })
  await session.prompt({ text: 'until [ -e go ]; do sleep 0.01; done; echo went' })
  const { workspace } = session.view()
  await runtime.close()
  runtime = await open()
  expect(runtime.adopted).toBe(1)
  const again = await runtime.sessions.get(session.id)
  const other = await runtime.sessions.open({ agent: 'shell' })
  await other.prompt({ text: `touch '${workspace}/go'` })
  const kinds: string[] = []
  for await (const event of followEvents(again.log, { replays: runtime.replays })) {
    kinds.push(event.kind)
    if (event.kind === 'turn_end') break
  }
  expect(kinds).toEqual(['user', 'turn_start', 'text', 'turn_end'])
})

test('what is no id leads nowhere', async () => {
  for (const id of ['../../evil', '/tmp/evil', '', '.', `${crypto.randomUUID()}/..`]) {
    for (const call of [
      () => runtime.sessions.put(id, {}),
      () => runtime.sessions.get(id),
      () => runtime.sessions.remove(id),
      () => runtime.sessions.edit(id, {}),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'session_not_found' })
  }
  expect(existsSync(join(dataDir, '..', 'evil'))).toBe(false)
})

test('what is no prompt and no model is refused here as well', async () => {
  const session = await runtime.sessions.open({ agent: 'shell' })
  for (const text of ['', ' \n', '\ud800'])
    await expect(session.prompt({ text })).rejects.toMatchObject({ code: 'bad_request' })
  await expect(session.prompt({ text: 'x', model: '--x' })).rejects.toMatchObject({ code: 'bad_request' })
  await expect(runtime.sessions.open({ model: '--x' })).rejects.toMatchObject({ code: 'bad_request' })
  expect(session.view().lastEventId).toBe(-1)
})

test('sessions have a limit, and one that is deleted makes room', async () => {
  const { id } = await runtime.sessions.open({ agent: 'shell' })
  // As if they had been opened, which would take a while.
  const db = new DatabaseSync(join(dataDir, 'breakglass.db'))
  db.exec(`
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${LIMITS.sessionsMax - 1})
    INSERT INTO session (id, head, phase, owns_workspace, updated_at, row, fold, spool)
    SELECT n, head, phase, owns_workspace, updated_at, row, fold, spool FROM session, number`)
  db.close()
  await expect(runtime.sessions.open({})).rejects.toMatchObject({ code: 'too_many_sessions', status: 409 })
  expect((await runtime.sessions.put(id, {})).created).toBe(false)
  await runtime.sessions.remove(id)
  await runtime.sessions.open({ agent: 'shell' })
})
