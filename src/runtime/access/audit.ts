/**
 * The record of who did what. Gathers what comes in one turn of the event loop into one commit, and keeps what cannot
 * be written for later: what was done was done, and a full disk must not keep an operator from it.
 */
import { LIMITS } from '../limits.ts'
import type { AccessStore, AuditEntry, AuditRecord } from './access-store.ts'

export type AuditDeps = {
  store: Pick<AccessStore, 'appendAudit' | 'readAudit'>
  now: () => Date
  onFault: (error: unknown) => void
}

export type Audited = Omit<AuditEntry, 'at' | 'count'> & { count?: number }

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
      await store.appendAudit(entries, LIMITS.auditRecordsMax)
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

  return {
    /** Fulfilled when it is durable, or when it was tried: then it waits for a store that can write again. */
    record({ count = 1, ...entry }: Audited): Promise<void> {
      if (waiting.length < LIMITS.auditWaitingMax) waiting.push({ ...entry, at: at(), count })
      else lost++
      return flush()
    },
    /** The newest first, below the id `before`. */
    read: (before: number, limit: number): Promise<AuditRecord[]> => store.readAudit(before, limit),
    /** Writes what waits, once. */
    async close(): Promise<void> {
      clearTimeout(retry)
      if (waiting.length > 0) await flush()
      clearTimeout(retry)
    },
  }
}
