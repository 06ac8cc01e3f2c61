/** The store on SQLite: WAL, synchronous=FULL. One row per commit and session, holding its frames as they are sent. */
import type { DatabaseSync } from 'node:sqlite'
import { EMPTY_FOLD, isOpen } from '../../machines/fold.ts'
import { CodedError } from '../errors.ts'
import { framesAfter } from './frames.ts'
import { createTransact } from './sqlite-database.ts'
import type { Append, Remembered, SessionRow, Store } from './store.ts'

/** What `row` holds: the parts that events do not change. */
type StoredRow = Omit<SessionRow, 'fold' | 'spool' | 'updatedAt'>
type Columns = { row: string | null; fold: string; spool: string; updated_at: string }
type SegmentColumns = { first: number; last: number; frames: Uint8Array<ArrayBuffer> }

/** @param db an open database; closed with the store */
export function createSqliteStore(db: DatabaseSync): Store {
  const transact = createTransact(db)

  const statements = {
    insert: db.prepare(
      'INSERT INTO session (id, head, phase, owns_workspace, updated_at, row, fold, spool) VALUES (?, ?, 0, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    get: db.prepare('SELECT row, fold, spool, updated_at FROM session WHERE id = ?'),
    list: db.prepare(
      'SELECT row, fold, spool, updated_at FROM session WHERE row IS NOT NULL ORDER BY updated_at DESC, key DESC',
    ),
    listIds: db.prepare('SELECT id FROM session WHERE row IS NOT NULL ORDER BY updated_at DESC, key DESC'),
    count: db.prepare('SELECT count(*) AS count FROM session WHERE row IS NOT NULL'),
    listByPhase: db.prepare('SELECT id, owns_workspace FROM session WHERE phase = ? AND phase IN (1, 2)'),
    forget: db.prepare('UPDATE session SET phase = 3 WHERE id = ? AND phase = 2'),
    edit: db.prepare('UPDATE session SET row = ?, updated_at = ? WHERE id = ? AND row IS NOT NULL'),
    remove: db.prepare(
      'UPDATE session SET row = NULL, fold = NULL, spool = NULL, phase = 2, updated_at = ? WHERE id = ? RETURNING key',
    ),
    removeSegments: db.prepare('DELETE FROM segment WHERE session = ?'),
    removeRemembered: db.prepare('DELETE FROM remembered WHERE session = ?'),
    advance: db.prepare(
      'UPDATE session SET head = ?, phase = ?, updated_at = max(updated_at, ?), fold = ?, spool = ? WHERE id = ? AND head = ? AND row IS NOT NULL RETURNING key',
    ),
    append: db.prepare('INSERT INTO segment (session, last, first, frames) VALUES (?, ?, ?, ?)'),
    remember: db.prepare('INSERT INTO remembered (session, key, body_hash, answer) VALUES (?, ?, ?, ?)'),
    recall: db.prepare(
      'SELECT body_hash, answer FROM remembered WHERE session = (SELECT key FROM session WHERE id = ?) AND key = ?',
    ),
    // SQLite knows a blob's length without a look at its pages.
    measure: db.prepare(
      'SELECT last, length(frames) AS bytes FROM segment WHERE session = (SELECT key FROM session WHERE id = ?) AND last > ? ORDER BY last',
    ),
    read: db.prepare(
      'SELECT first, last, frames FROM segment WHERE session = (SELECT key FROM session WHERE id = ?) AND last > ? AND last <= ? ORDER BY last',
    ),
  }

  const appendOne = (append: Append): void => {
    const head = append.segment?.last ?? append.expectedHead
    const phase = isOpen(append.fold) ? 1 : 0
    const advanced = statements.advance.get(
      head,
      phase,
      append.at,
      JSON.stringify(append.fold),
      JSON.stringify(append.spool),
      append.sessionId,
      append.expectedHead,
    )
    if (advanced === undefined)
      throw new Error(`the head of ${append.sessionId} is not ${append.expectedHead}`)
    const key = Number(advanced.key)
    if (append.segment !== null) {
      const { last, first, frames } = append.segment
      statements.append.run(key, last, first, frames)
    }
    for (const { key: name, bodyHash, answer } of append.remembered)
      statements.remember.run(key, name, bodyHash, JSON.stringify(answer))
  }

  /** Where a page behind `after` ends: as many whole segments as it can hold, or one that is larger. */
  const endOfPage = (id: string, after: number, bytesMax: number): number => {
    let end = after
    let room = bytesMax
    for (const { last, bytes } of statements.measure.iterate(id, after)) {
      room -= Number(bytes)
      if (end !== after && room < 0) break
      end = Number(last)
    }
    return end
  }

  return {
    async create(row) {
      const { fold, spool, updatedAt, ...stored } = row
      const head = fold.lastEventId
      return transact(() => {
        const values = [JSON.stringify(stored), JSON.stringify(fold), JSON.stringify(spool)] as const
        return (
          statements.insert.run(row.id, head, row.ownsWorkspace ? 1 : 0, updatedAt, ...values).changes === 1
        )
      })
    },
    async get(id) {
      const found = statements.get.get(id) as Columns | undefined
      if (found === undefined) return null
      return found.row === null ? 'deleted' : toRow(found, found.row)
    },
    async list() {
      return (statements.list.all() as Columns[]).map((columns) => toRow(columns, columns.row!))
    },
    async listIds() {
      return statements.listIds.all().map(({ id }) => String(id))
    },
    async count() {
      return Number(statements.count.get()!.count)
    },
    async listOpen() {
      return statements.listByPhase.all(1).map((found) => String(found.id))
    },
    async listRemoved() {
      return statements.listByPhase
        .all(2)
        .map((found) => ({ id: String(found.id), ownsWorkspace: found.owns_workspace === 1 }))
    },
    async forget(id) {
      transact(() => statements.forget.run(id))
    },
    async edit(id, edit, at) {
      transact(() => {
        const found = statements.get.get(id) as Columns | undefined
        if (found === undefined || found.row === null) throw new CodedError('session_not_found')
        const stored: StoredRow = { ...JSON.parse(found.row), ...edit }
        statements.edit.run(JSON.stringify(stored), at, id)
      })
    },
    async remove(id, at) {
      transact(() => {
        const key = Number(statements.remove.get(at, id)?.key)
        statements.removeSegments.run(key)
        statements.removeRemembered.run(key)
      })
    },
    async commit(appends) {
      transact(() => appends.forEach(appendOne))
    },
    async read(id, after, bytesMax) {
      const rows = statements.read.all(id, after, endOfPage(id, after, bytesMax)) as SegmentColumns[]
      const parts = rows.map(({ first, last, frames: { buffer, byteOffset, byteLength } }) =>
        framesAfter({ first, last, frames: Buffer.from(buffer, byteOffset, byteLength) }, after),
      )
      const [page] = parts
      // Nothing behind the cursor; or the session was deleted between the two looks, by the thread that writes.
      if (page === undefined) return null
      if (parts.length === 1) return page
      const frames = Buffer.concat(parts.map(({ frames }) => frames))
      return { first: page.first, last: parts.at(-1)!.last, frames }
    },
    async recall(id, key) {
      const found = statements.recall.get(id, key)
      if (found === undefined) return null
      const remembered: Remembered = {
        key,
        bodyHash: String(found.body_hash),
        answer: JSON.parse(String(found.answer)),
      }
      return remembered
    },
    async close() {
      if (db.isOpen) db.close()
    },
  }
}

function toRow(columns: Columns, row: string): SessionRow {
  const stored: StoredRow = JSON.parse(row)
  return {
    // Not known to older versions.
    ...{ allowedAfter: -1 },
    ...stored,
    updatedAt: columns.updated_at,
    // An older version may have known less of it.
    fold: { ...EMPTY_FOLD, ...JSON.parse(columns.fold) },
    spool: JSON.parse(columns.spool),
  }
}
