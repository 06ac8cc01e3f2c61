/** The database file: how it is opened, its schema, and what its failures mean. Knows no session. */
import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '../errors.ts'

export const SCHEMA_VERSION = 1

/**
 * How long a statement waits for somebody else's lock, with the whole server waiting with it. What could not be written
 * is tried again by the writer.
 */
const BUSY_MS = 100

const SCHEMA = `
  CREATE TABLE session (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL,
    -- 0 idle, 1 in a turn, 2 deleted but its files may remain, 3 gone.
    phase INTEGER NOT NULL,
    owns_workspace INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    -- Null once deleted: the id stays taken.
    row TEXT,
    fold TEXT,
    spool TEXT
  ) STRICT;
  CREATE INDEX session_by_activity ON session (updated_at DESC) WHERE row IS NOT NULL;
  CREATE INDEX session_unfinished ON session (phase) WHERE phase IN (1, 2);
  CREATE TABLE segment (
    session INTEGER NOT NULL,
    last INTEGER NOT NULL,
    first INTEGER NOT NULL,
    frames BLOB NOT NULL,
    PRIMARY KEY (session, last)
  ) STRICT;
  CREATE TABLE remembered (
    session INTEGER NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (session, key)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/**
 * @param path the file; made with mode 0600 when it is not there
 * @throws when the file has a format that this server does not know
 */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    chmodSync(path, 0o600)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    migrate(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version === SCHEMA_VERSION) return
  if (version !== 0) throw new Error(`${path} has format ${version}; this server knows ${SCHEMA_VERSION}`)
  db.exec(`BEGIN; ${SCHEMA} COMMIT;`)
}

/** @returns a CodedError. https://sqlite.org/rescode.html: 13 is SQLITE_FULL; node:sqlite gives the extended code. */
export function toStorageError(error: unknown): unknown {
  if (error instanceof CodedError) return error
  const code = (error as { errcode?: number }).errcode
  const message = error instanceof Error ? error.message : String(error)
  return new CodedError(
    code !== undefined && (code & 0xff) === 13 ? 'storage_full' : 'storage_failed',
    message,
  )
}
