import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTick } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openStores } from '../../../src/runtime/store-thread/open-stores.ts'
import { appendOf, idsOf, sessionRow, text, user } from '../log/given.ts'
import { tempDir } from '../temp-dir.ts'

function open(dir = tempDir()) {
  const stores = openStores(dir)
  onTestFinished(() => stores.sessions.close())
  return stores
}

const audited = (action: string) => ({
  ...{ at: '2026-11-22T10:00:00.000Z', caller: 'token', deviceId: null, address: 'local' },
  ...{ action, outcome: 'ok', target: null, count: 1 },
})

test('what the thread has written is read at once', async () => {
  const { sessions, access } = open()
  expect(await sessions.create(sessionRow('a'))).toBe(true)
  expect(await sessions.create(sessionRow('a'))).toBe(false)
  await sessions.commit([appendOf(sessionRow('a'), [user('hi'), text('naïve 🧯')])])
  expect(idsOf(await sessions.read('a', -1, 1_000_000))).toEqual([0, 1])
  await access.appendAudit([audited('prompt')], { done: 10, failed: 10 })
  expect(await access.readAudit(100, 10)).toMatchObject([{ id: 1, action: 'prompt' }])
})

test('what fails is told with its code, and the next call goes on', async () => {
  const { sessions } = open()
  const row = sessionRow('a')
  await sessions.create(row)
  await expect(sessions.commit([appendOf(row, [text('x')], { expectedHead: 7 })])).rejects.toMatchObject({
    code: 'storage_failed',
    message: 'the head of a is not 7',
  })
  await expect(sessions.edit('b', { title: 'B' }, row.updatedAt)).rejects.toMatchObject({
    code: 'session_not_found',
  })
  await sessions.commit([appendOf(row, [text('x')])])
  expect(idsOf(await sessions.read('a', -1, 1_000_000))).toEqual([0])
})

test('what several sessions commit at once is committed, however little it is', async () => {
  const { sessions } = open()
  const rows = ['a', 'b', 'c'].map((id) => sessionRow(id))
  for (const row of rows) await sessions.create(row)
  const appends = rows.map((row) => appendOf(row, [text('x')]))
  // As Node makes them, side by side in the same memory.
  expect(new Set(appends.map(({ segment }) => segment!.frames.buffer)).size).toBe(1)
  await sessions.commit(appends)
  for (const { id } of rows) expect(idsOf(await sessions.read(id, -1, 1_000_000))).toEqual([0])
})

test('calls are done in the order in which they were made', async () => {
  const { sessions } = open()
  const row = sessionRow('a')
  const made = sessions.create(row)
  const committed = sessions.commit([appendOf(row, [text('x')])])
  const closed = sessions.close()
  expect(await made).toBe(true)
  await committed
  await closed
})

test('a disk that keeps the thread waiting does not keep the server waiting', async () => {
  const dir = tempDir()
  const { sessions } = open(dir)
  const row = sessionRow('a')
  await sessions.create(row)
  const other = new DatabaseSync(join(dir, 'breakglass.db'))
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  let isDone = false
  const committed = sessions.commit([appendOf(row, [text('x')])]).then(() => {
    isDone = true
  })
  await nextTick()
  expect(isDone).toBe(false)
  // Nor what is read.
  expect(await sessions.get('a')).toMatchObject({ id: 'a' })
  other.exec('COMMIT')
  await committed
  expect(idsOf(await sessions.read('a', -1, 1_000_000))).toEqual([0])
})

test('a store that is closed takes nothing more, and may be closed again', async () => {
  const { sessions, access } = open()
  await sessions.close()
  await sessions.close()
  await expect(sessions.create(sessionRow('a'))).rejects.toMatchObject({ code: 'storage_failed' })
  await expect(access.touchDevice('a', '')).rejects.toMatchObject({ code: 'storage_failed' })
})

test('a database that cannot be opened is told at once', () => {
  const dir = tempDir()
  const db = new DatabaseSync(join(dir, 'breakglass.db'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => openStores(dir)).toThrow()
})
