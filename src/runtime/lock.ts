/** One server per data directory: two would run every turn twice. The kernel lets go of the lock, however we die. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeOwnFile } from './own-files.ts'

/** A lock that nobody refers to would be collected, and let go of. */
const held = new Set<DatabaseSync>()

/**
 * @returns how to let go
 * @throws when another process holds the lock, or its file is not this user's alone
 */
export function lockDataDir(dir: string): () => void {
  const path = join(dir, 'lock')
  makeOwnFile(path)
  const db = new DatabaseSync(path, { timeout: 1_000 })
  try {
    // SQLite's own file lock: the one lock that Node offers without a native addon.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch {
    db.close()
    throw new Error(`another server is using ${dir}`)
  }
  held.add(db)
  return () => {
    held.delete(db)
    db.close()
  }
}
