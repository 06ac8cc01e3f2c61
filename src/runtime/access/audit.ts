/**
 * The record of who did what. Gathers what comes in one turn of the event loop into one commit, and keeps what cannot
 * be written for later: what was done was done, and a full disk must not keep an operator from it. What failed is kept
 * apart from it, for anybody can fail: it is counted, has less room, and never takes the room of what was done.
 */
import { LIMITS } from '../limits.ts'
import type { AccessStore, AuditEntry, Audited, AuditRecord } from './access-store.ts'
import { createFailures } from './failures.ts'

export type AuditDeps = {
  store: Pick<AccessStore, 'appendAudit' | 'readAudit'>
  now: () => Date
  onFault: (error: unknown) => void
}

const KEPT = { done: LIMITS.auditDoneMax, failed: LIMITS.auditFailedMax }
const WAITING_FAILED_MAX = LIMITS.auditWaitingMax / 2

export function createAudit({ store, now, onFault }: AuditDeps) {
  let waiting: AuditEntry[] = []
  /** What there was no room for. */
  let lost = 0
  let flushing: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let isFailing = false

  const at = (): string => now().toISOString()
  const lostEntry = (): AuditEntry => ({
    ...{ at: at(), caller: 'server', deviceId: null, address: 'local', target: null },
    ...{ action: 'audit', outcome: 'lost', count: lost },
  })

  const write = async (): Promise<void> => {
    const entries = lost === 0 ? waiting : [...waiting, lostEntry()]
    const before = { waiting, lost }
    waiting = []
    lost = 0
    try {
      await store.appendAudit(entries, KEPT)
      isFailing = false
    } catch (error) {
      const all = [...before.waiting, ...waiting]
      waiting = all.slice(0, LIMITS.auditWaitingMax)
      lost += before.lost + all.length - waiting.length
      // Once: it is tried again twice a second.
      if (!isFailing) onFault(error)
      isFailing = true
      retry ??= setTimeout(() => {
        retry = undefined
        void flush()
      }, LIMITS.storeRetryMs).unref()
    }
  }

  /** After this turn's I/O: whatever is recorded in it shares one fsync. */
  const flush = (): Promise<void> => {
    flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      flushing = undefined
      return write()
    })
    return flushing
  }

  const add = (entry: Omit<AuditEntry, 'at'>): Promise<void> => {
    const max = entry.outcome === 'ok' ? LIMITS.auditWaitingMax : WAITING_FAILED_MAX
    if (waiting.length < max) waiting.push({ ...entry, at: at() })
    else lost++
    return flush()
  }

  const failures = createFailures(add)

  return {
    /**
     * Fulfilled when it is durable, or counted, or when it was tried: then it waits for a store that can write again.
     */
    record: (entry: Audited): Promise<void> =>
      entry.outcome === 'ok' ? add({ ...entry, count: 1 }) : failures.add(entry),
    /** The newest first, below the id `before`. */
    read: (before: number, limit: number): Promise<AuditRecord[]> => store.readAudit(before, limit),
    /** Writes what waits, once. */
    async close(): Promise<void> {
      failures.flush()
      clearTimeout(retry)
      if (waiting.length > 0) await flush()
      clearTimeout(retry)
    },
  }
}
