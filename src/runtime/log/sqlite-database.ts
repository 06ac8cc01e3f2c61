/** The database file: how it is opened, its schema, and what its failures mean. Knows no session. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { makeOwnFile } from '../own-files.ts'

/** What takes the file from one format to the next: the first of these from nothing to format 1. */
const MIGRATIONS = [
  `
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
`,
  `
  CREATE TABLE device (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    caller TEXT NOT NULL,
    device TEXT,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    target TEXT,
    count INTEGER NOT NULL
  ) STRICT;
`,
]

export const SCHEMA_VERSION = MIGRATIONS.length

/**
 * @param dir an existing directory; the database is `breakglass.db` in it, made with mode 0600 when it is not there
 * @throws when the file has a format that this server does not know, or is not this user's alone
 */
export function openDatabase(dir: string): DatabaseSync {
  const path = join(dir, 'breakglass.db')
  // SQLite would make it as the umask says, and whoever has opened it then may read all that comes later.
  makeOwnFile(path)
  const db = new DatabaseSync(path, { timeout: LIMITS.storeBusyMs })
  try {
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
  if (version > SCHEMA_VERSION)
    throw new Error(`${path} has format ${version}; this server knows ${SCHEMA_VERSION}`)
  if (version === SCHEMA_VERSION) return
  // In one transaction: a server that dies in between leaves the file as it was.
  const steps = MIGRATIONS.slice(version).join('')
  db.exec(`BEGIN; ${steps} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`)
}

/** @returns how to run `work` in one transaction; what it throws undoes all of it, and is thrown as a CodedError */
export function createTransact(db: DatabaseSync): <T>(work: () => T) => T {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  return (work) => {
    try {
      begin.run()
      const result = work()
      commit.run()
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw toStorageError(error)
    }
  }
}

/** @returns a CodedError. https://sqlite.org/rescode.html: 13 is SQLITE_FULL; node:sqlite gives the extended code. */
function toStorageError(error: unknown): unknown {
  if (error instanceof CodedError) return error
  const code = (error as { errcode?: number }).errcode
  const message = error instanceof Error ? error.message : String(error)
  return new CodedError(
    code !== undefined && (code & 0xff) === 13 ? 'storage_full' : 'storage_failed',
    message,
  )
}
