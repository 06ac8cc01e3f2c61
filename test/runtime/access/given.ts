/** An access store over a real database, a clock that tests set, and failures when told to. */
import { onTestFinished } from 'vitest'
import type { AccessStore } from '../../../src/runtime/access/access-store.ts'
import { createSqliteAccessStore } from '../../../src/runtime/access/sqlite-access-store.ts'
import { CodedError } from '../../../src/runtime/errors.ts'
import { openDatabase } from '../../../src/runtime/log/sqlite-database.ts'
import { tempDir } from '../temp-dir.ts'

export const START = '2026-11-22T12:00:00.000Z'

export function givenAccess() {
  const db = openDatabase(tempDir())
  onTestFinished(() => db.close())
  const kept = createSqliteAccessStore(db)
  let isFull = false
  let nowMs = Date.parse(START)
  let ids = 0
  const faults: unknown[] = []
  const unlessFull =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (isFull) throw new CodedError('storage_full')
      return work(...args)
    }
  const store: AccessStore = {
    ...kept,
    addDevice: unlessFull(kept.addDevice),
    touchDevice: unlessFull(kept.touchDevice),
    removeDevices: unlessFull(kept.removeDevices),
    appendAudit: unlessFull(kept.appendAudit),
  }
  return {
    store,
    now: () => new Date(nowMs),
    clockMs: () => nowMs,
    freshId: () => `id-${++ids}`,
    onFault: (error: unknown) => void faults.push(error),
    faults,
    /** As time goes by for the store's users; their timers are vitest's. */
    pass: (ms: number) => {
      nowMs += ms
    },
    fillDisk: (full: boolean) => {
      isFull = full
    },
  }
}
