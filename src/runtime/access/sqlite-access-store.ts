/** Devices and the audit, in the same database as the sessions. */
import type { DatabaseSync } from 'node:sqlite'
import { createTransact } from '../log/sqlite-database.ts'
import type { AccessStore, AuditRecord, StoredDevice } from './access-store.ts'

/** To find what is too old takes 50 ms when there are as many as there may be: a hundred times a commit. */
const APPENDS_PER_TRIM = 1_000

/** @returns how to keep the newest records of a kind */
function prepareTrim(db: DatabaseSync, kind: string) {
  return db.prepare(
    `DELETE FROM audit WHERE ${kind} AND id <= (SELECT id FROM audit WHERE ${kind} ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  )
}

/** @param db an open database, which somebody else closes */
export function createSqliteAccessStore(db: DatabaseSync): AccessStore {
  const transact = createTransact(db)
  const statements = {
    list: db.prepare(
      'SELECT id, name, secret_hash AS secretHash, created_at AS createdAt, seen_at AS lastSeenAt FROM device ORDER BY created_at, id',
    ),
    add: db.prepare('INSERT INTO device (id, name, secret_hash, created_at, seen_at) VALUES (?, ?, ?, ?, ?)'),
    touch: db.prepare('UPDATE device SET seen_at = ? WHERE id = ?'),
    remove: db.prepare('DELETE FROM device WHERE id = ?'),
    append: db.prepare(
      'INSERT INTO audit (at, caller, device, address, action, outcome, target, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    trimDone: prepareTrim(db, "outcome = 'ok'"),
    trimFailed: prepareTrim(db, "outcome <> 'ok'"),
    read: db.prepare(
      'SELECT id, at, caller, device AS deviceId, address, action, outcome, target, count FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?',
    ),
  }

  let untrimmed = APPENDS_PER_TRIM

  return {
    async listDevices() {
      return statements.list.all().map((found) => ({ ...found }) as StoredDevice)
    },
    async addDevice({ id, name, secretHash, createdAt, lastSeenAt }) {
      transact(() => statements.add.run(id, name, secretHash, createdAt, lastSeenAt))
    },
    async touchDevice(id, lastSeenAt) {
      transact(() => statements.touch.run(lastSeenAt, id))
    },
    async removeDevices(ids) {
      transact(() => {
        for (const id of ids) statements.remove.run(id)
      })
    },
    async appendAudit(entries, max) {
      transact(() => {
        for (const { at, caller, deviceId, address, action, outcome, target, count } of entries)
          statements.append.run(at, caller, deviceId, address, action, outcome, target, count)
        untrimmed += entries.length
        if (untrimmed < APPENDS_PER_TRIM) return
        untrimmed = 0
        statements.trimDone.run(max.done)
        statements.trimFailed.run(max.failed)
      })
    },
    async readAudit(before, limit) {
      return statements.read.all(before, limit).map((found) => ({ ...found }) as AuditRecord)
    },
  }
}
