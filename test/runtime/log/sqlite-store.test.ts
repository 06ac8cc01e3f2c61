import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/machines/events.ts'
import { openDatabase } from '../../../src/runtime/log/sqlite-database.ts'
import { createSqliteStore } from '../../../src/runtime/log/sqlite-store.ts'
import type { Append, SessionRow, Store } from '../../../src/runtime/log/store.ts'
import { tempDir } from '../temp-dir.ts'
import { appendOf, idsOf, sessionRow, text, turnEnd, turnStart, user } from './given.ts'

const openSqliteStore = (dir: string): Store => createSqliteStore(openDatabase(dir))

const UNBOUNDED = Number.MAX_SAFE_INTEGER

function open(dir = tempDir()): Store {
  const store = openSqliteStore(dir)
  onTestFinished(store.close)
  return store
}

const rowOf = async (store: Store, id: string): Promise<SessionRow> => (await store.get(id)) as SessionRow

/** Appends records to a session behind its head. */
async function append(
  store: Store,
  id: string,
  records: LogRecord[],
  change: Partial<Append> = {},
): Promise<void> {
  await store.commit([appendOf(await rowOf(store, id), records, change)])
}

async function storeWith(...ids: string[]): Promise<Store> {
  const store = open()
  for (const id of ids) await store.create(sessionRow(id))
  return store
}

test('a session comes back as it was made', async () => {
  const store = open()
  const row = sessionRow('a', {
    ...{ model: 'opus', title: 'naïve 🧯', archived: true, ownsWorkspace: false },
    ...{ permissionMode: 'bypass', spool: { turn: 1, offset: 7 } },
  })
  expect(await store.create(row)).toBe(true)
  expect(await store.get('a')).toEqual(row)
  expect(await store.get('b')).toBeNull()
})

test('an id that is taken stays as it is', async () => {
  const store = await storeWith('a')
  expect(await store.create(sessionRow('a', { title: 'other' }))).toBe(false)
  expect(await store.get('a')).toEqual(sessionRow('a'))
})

test('sessions are listed by their newest activity, the younger first among equals', async () => {
  const store = await storeWith('a', 'b', 'c', 'd')
  await append(store, 'b', [text('x')], { at: '2026-11-23T00:00:00.000Z' })
  await store.edit('a', { title: 'A' }, '2026-11-24T00:00:00.000Z')
  expect((await store.list()).map(({ id }) => id)).toEqual(['a', 'b', 'd', 'c'])
})

test('a session is open from a turn’s first event to its last', async () => {
  const store = await storeWith('a', 'b')
  expect(await store.listOpen()).toEqual([])
  await append(store, 'b', [user('hi'), turnStart()])
  expect(await store.listOpen()).toEqual(['b'])
  await append(store, 'b', [{ kind: 'cancelling', by: 'operator', turn: 1 }])
  expect(await store.listOpen()).toEqual(['b'])
  await append(store, 'b', [turnEnd()])
  expect(await store.listOpen()).toEqual([])
})

test('an edit changes what it names, and when', async () => {
  const store = await storeWith('a')
  await append(store, 'a', [text('x')])
  await store.edit('a', { title: 'T', model: 'm', archived: true, permissionMode: 'acceptEdits' }, '2027')
  expect(await store.get('a')).toMatchObject({
    title: 'T',
    model: 'm',
    archived: true,
    permissionMode: 'acceptEdits',
  })
  await store.edit('a', { title: null }, '2028')
  expect(await store.get('a')).toMatchObject({
    title: null,
    model: 'm',
    updatedAt: '2028',
    fold: { lastEventId: 0 },
  })
})

test('what is not there, or was deleted, cannot be edited', async () => {
  const store = await storeWith('a')
  await store.remove('a', '2027')
  for (const id of ['a', 'b'])
    await expect(store.edit(id, { title: 'T' }, '2027')).rejects.toMatchObject({ code: 'session_not_found' })
})

test('a deleted session is gone with its log and its answers, and its id is never used again', async () => {
  const store = await storeWith('a', 'b')
  const remembered = [{ key: 'k', bodyHash: 'h', answer: 1 }]
  for (const id of ['a', 'b']) await append(store, id, [user('hi')], { remembered })
  await store.remove('a', '2027')
  expect(await store.get('a')).toBe('deleted')
  expect(await store.create(sessionRow('a'))).toBe(false)
  expect(await store.read('a', -1, UNBOUNDED)).toBeNull()
  expect(await store.recall('a', 'k')).toBeNull()
  expect((await store.list()).map(({ id }) => id)).toEqual(['b'])
  expect(await store.listOpen()).toEqual(['b'])
  expect(idsOf(await store.read('b', -1, UNBOUNDED))).toEqual([0])
  expect(await store.recall('b', 'k')).toEqual(remembered[0])
  await expect(store.commit([appendOf(sessionRow('a'), [text('x')])])).rejects.toMatchObject({
    code: 'storage_failed',
  })
})

test('a removed session is listed until it is forgotten, and its id stays taken', async () => {
  const store = openSqliteStore(tempDir())
  await store.create(sessionRow('a'))
  expect(await store.listRemoved()).toEqual([])
  await store.remove('a', '2027')
  expect(await store.listRemoved()).toEqual([{ id: 'a', ownsWorkspace: true }])
  await store.forget('a')
  expect(await store.listRemoved()).toEqual([])
  expect(await store.get('a')).toBe('deleted')
  expect(await store.create(sessionRow('a'))).toBe(false)
  store.close()
})

test('to remove what was never there does no harm', async () => {
  const store = await storeWith('a')
  await append(store, 'a', [text('x')])
  await store.remove('b', '2027')
  expect(await store.get('b')).toBeNull()
  expect(idsOf(await store.read('a', -1, UNBOUNDED))).toEqual([0])
})

test('a commit stores events, fold, spool and answers of a session together', async () => {
  const store = await storeWith('a')
  const remembered = [{ key: 'k', bodyHash: 'h', answer: { turn: 1 } }]
  await append(store, 'a', [user('hi'), turnStart()], { spool: { offset: 3 }, remembered, at: '2027' })
  expect(await store.get('a')).toMatchObject({
    ...{ spool: { offset: 3 }, updatedAt: '2027' },
    fold: { lastEventId: 1, state: 'running', turn: 1 },
  })
  expect(await store.recall('a', 'k')).toEqual(remembered[0])
  expect(await store.recall('a', 'other')).toBeNull()
})

test('a spool can move on without an event', async () => {
  const store = await storeWith('a')
  await append(store, 'a', [user('hi')])
  await append(store, 'a', [], { spool: { offset: 9 } })
  expect(await store.get('a')).toMatchObject({ spool: { offset: 9 }, fold: { lastEventId: 0 } })
  await append(store, 'a', [text('b')])
  expect(idsOf(await store.read('a', -1, UNBOUNDED))).toEqual([0, 1])
})

test('a commit on a wrong head fails as a whole, over all its sessions', async () => {
  const store = await storeWith('a', 'b')
  await append(store, 'a', [text('0')])
  const stale = appendOf(sessionRow('a'), [text('other')], {
    remembered: [{ key: 'k', bodyHash: 'h', answer: 1 }],
  })
  const fine = appendOf(sessionRow('b'), [text('0')], {
    remembered: [{ key: 'k', bodyHash: 'h', answer: 1 }],
  })
  for (const appends of [
    [fine, stale],
    [stale, fine],
  ]) {
    await expect(store.commit(appends)).rejects.toMatchObject({ code: 'storage_failed' })
    expect(await rowOf(store, 'b')).toEqual(sessionRow('b'))
    expect(await store.read('b', -1, UNBOUNDED)).toBeNull()
    expect(await store.recall('b', 'k')).toBeNull()
    expect(idsOf(await store.read('a', -1, UNBOUNDED))).toEqual([0])
  }
  await store.commit([fine])
  expect(idsOf(await store.read('b', -1, UNBOUNDED))).toEqual([0])
})

test('a second answer under the same key fails the commit', async () => {
  const store = await storeWith('a')
  const remembered = [{ key: 'k', bodyHash: 'h', answer: 1 }]
  await append(store, 'a', [text('0')], { remembered })
  await expect(append(store, 'a', [text('1')], { remembered })).rejects.toMatchObject({
    code: 'storage_failed',
  })
  expect(idsOf(await store.read('a', -1, UNBOUNDED))).toEqual([0])
})

test('pages of any size, from any cursor, hold what follows it', async () => {
  const store = await storeWith('a', 'b')
  for (const count of [1, 3, 2, 4]) {
    await append(
      store,
      'a',
      Array.from({ length: count }, () => text('x'.repeat(50))),
    )
    await append(store, 'b', [text('of another session')])
  }
  for (const bytesMax of [1, 200, 500, UNBOUNDED])
    for (let after = -1; after < 9; after++) {
      const seen: number[] = []
      for (let cursor = after; cursor < 9; ) {
        const page = (await store.read('a', cursor, bytesMax))!
        expect(page.first).toBe(cursor + 1)
        seen.push(...idsOf(page))
        cursor = page.last
      }
      expect(seen).toEqual(Array.from({ length: 9 - after }, (_, index) => after + 1 + index))
    }
  for (const after of [9, 10, 1e15]) expect(await store.read('a', after, UNBOUNDED)).toBeNull()
  expect(await store.read('c', -1, UNBOUNDED)).toBeNull()
})

test('a page keeps to its size, and goes beyond it for a single commit alone', async () => {
  const store = await storeWith('a')
  for (let count = 0; count < 10; count++) await append(store, 'a', [text('x'.repeat(1_000))])
  const one = (await store.read('a', -1, 1))!.frames.length
  expect(idsOf(await store.read('a', -1, 1))).toEqual([0])
  expect(idsOf(await store.read('a', -1, one * 3))).toEqual([0, 1, 2])
  expect(idsOf(await store.read('a', -1, one * 4 - 1))).toEqual([0, 1, 2])
})

test('frames come back byte for byte', async () => {
  const store = await storeWith('a')
  const row = await rowOf(store, 'a')
  const appended = appendOf(row, [text('naïve 🧯 \0 \u2028')])
  await store.commit([appended])
  expect(await store.read('a', -1, UNBOUNDED)).toEqual(appended.segment)
})

test('a store that is opened again holds all that was stored', async () => {
  const dir = tempDir()
  const first = openSqliteStore(dir)
  for (const id of ['a', 'b']) await first.create(sessionRow(id))
  await append(first, 'a', [user('hi')], {
    spool: { offset: 1 },
    remembered: [{ key: 'k', bodyHash: 'h', answer: 1 }],
  })
  await first.remove('b', '2027')
  const row = await first.get('a')
  first.close()
  const second = open(dir)
  expect(await second.get('a')).toEqual(row)
  expect(await second.get('b')).toBe('deleted')
  expect(await second.listOpen()).toEqual(['a'])
  expect(idsOf(await second.read('a', -1, UNBOUNDED))).toEqual([0])
  expect(await second.recall('a', 'k')).toMatchObject({ answer: 1 })
})

test('what a commit has answered for is on disk for a reader of its own', async () => {
  const dir = tempDir()
  const store = open(dir)
  await store.create(sessionRow('a'))
  await append(store, 'a', [text('0')])
  const reader = new DatabaseSync(join(dir, 'breakglass.db'), { readOnly: true })
  onTestFinished(() => reader.close())
  expect(reader.prepare('SELECT last FROM segment').all()).toMatchObject([{ last: 0 }])
})

// SQLite says SQLITE_FULL at its own bound as it does at the end of a disk; a connection's bound is its own, so the
// test sets it on the store's.
test('a full disk is told as such, and what was there before stays', async () => {
  const prepared: DatabaseSync[] = []
  const prepare = DatabaseSync.prototype.prepare
  const spy = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (
    this: DatabaseSync,
    sql,
  ) {
    prepared.push(this)
    return prepare.call(this, sql)
  })
  const store = await storeWith('a')
  spy.mockRestore()
  await append(store, 'a', [text('before')])
  prepared[0]!.exec('PRAGMA max_page_count = 30')
  await expect(append(store, 'a', [text('x'.repeat(1024 * 1024))])).rejects.toMatchObject({
    code: 'storage_full',
  })
  await append(store, 'a', [text('small')])
  expect(idsOf(await store.read('a', -1, UNBOUNDED))).toEqual([0, 1])
})

test('its files are their owner’s alone', async () => {
  const dir = tempDir()
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const store = open(dir)
  await store.create(sessionRow('a'))
  for (const name of ['breakglass.db', 'breakglass.db-wal', 'breakglass.db-shm'])
    expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600)
})

test('what is deleted while a page is read is not there', async () => {
  const dir = tempDir()
  const writing = open(dir)
  const db = openDatabase(dir)
  const prepare = db.prepare.bind(db)
  vi.spyOn(db, 'prepare').mockImplementation((sql) => {
    const statement = prepare(sql)
    if (!sql.includes('length(frames)')) return statement
    const iterate = statement.iterate.bind(statement)
    statement.iterate = function* (id, after) {
      yield* iterate(id as string, after!)
      void writing.remove('a', '2026-11-23T00:00:00.000Z')
      return undefined
    }
    return statement
  })
  const reading = createSqliteStore(db)
  onTestFinished(reading.close)
  await writing.create(sessionRow('a'))
  await append(writing, 'a', [user('hello')])
  expect(await reading.read('a', -1, UNBOUNDED)).toBeNull()
  expect(await reading.get('a')).toBe('deleted')
})
