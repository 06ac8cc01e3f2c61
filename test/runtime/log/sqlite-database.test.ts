import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { createSqliteAccessStore } from '../../../src/runtime/access/sqlite-access-store.ts'
import { openDatabase } from '../../../src/runtime/log/sqlite-database.ts'
import { createSqliteStore } from '../../../src/runtime/log/sqlite-store.ts'
import { makeOwnFile } from '../../../src/runtime/own-files.ts'
import { tempDir } from '../temp-dir.ts'
import { idsOf } from './given.ts'

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/databases')

/** A file as an earlier format has it, with what an earlier server left in it. */
function restore(dump: string): string {
  const dir = tempDir()
  makeOwnFile(join(dir, 'breakglass.db'))
  const db = new DatabaseSync(join(dir, 'breakglass.db'))
  db.exec(readFileSync(join(FIXTURES, dump), 'utf8'))
  db.close()
  return dir
}

function open(dir: string): DatabaseSync {
  const db = openDatabase(dir)
  onTestFinished(() => db.close())
  return db
}

const schemaOf = (db: DatabaseSync) =>
  db.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all()

test('a database of format 1 is taken to the newest with all that is in it, and works', async () => {
  const db = open(restore('format-1.sql'))
  const store = createSqliteStore(db)
  expect(await store.list()).toMatchObject([{ id: 'a', title: 'kept', fold: { lastEventId: 0 } }])
  expect(idsOf(await store.read('a', -1, 1_000))).toEqual([0])
  const access = createSqliteAccessStore(db)
  const at = '2026-11-22T12:00:00.000Z'
  await access.addDevice({ id: 'd', name: 'phone', secretHash: 'h', createdAt: at, lastSeenAt: at })
  expect(await access.listDevices()).toHaveLength(1)
  expect(schemaOf(db)).toEqual(schemaOf(open(tempDir())))
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 })
})

test('a file that others could have read or written is refused', () => {
  const dir = tempDir()
  openDatabase(dir).close()
  chmodSync(join(dir, 'breakglass.db'), 0o644)
  expect(() => openDatabase(dir)).toThrow('breakglass.db is open to others')
})

test('all files are their owner’s alone, whatever the umask', () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const dir = tempDir()
  open(dir)
  const files = readdirSync(dir)
  expect(files).toContain('breakglass.db-wal')
  for (const name of files) expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600)
})

test('a database of a format that this server does not know is refused, and left as it is', () => {
  const dir = tempDir()
  openDatabase(dir).close()
  const db = new DatabaseSync(join(dir, 'breakglass.db'))
  onTestFinished(() => db.close())
  db.exec('PRAGMA user_version = 99')
  expect(() => openDatabase(dir)).toThrow('has format 99; this server knows 2')
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 })
})

test('a file that is no database is refused', () => {
  const dir = tempDir()
  writeFileSync(join(dir, 'breakglass.db'), 'x'.repeat(4_096), { mode: 0o600 })
  expect(() => openDatabase(dir)).toThrow('not a database')
})
