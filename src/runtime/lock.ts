/** One server per data directory: two would run every turn twice. The kernel lets go of the lock, however we die. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * @returns how to let go
 * @throws when another process holds the lock
 */
export function lockDataDir(dir: string): () => void {
  const path = join(dir, 'lock')
  const db = new DatabaseSync(path, { timeout: 1_000 })
  try {
    chmodSync(path, 0o600)
    // SQLite's own file lock: the one lock that Node offers without a native addon.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch {
    db.close()
    throw new Error(`another server is using ${dir}`)
  }
  return () => db.close()
}
