/** Group commit: what all logs gather in one turn of the event loop goes to the store in one transaction. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Append, Store } from './store.ts'

/** Something with appends to commit. `take` hands them over; one of the other two is called afterwards. */
export type Pending = {
  take(): Append | null
  committed(): void
  /** True when it still wants them committed: it will be asked again after `retryMs`. */
  failed(error: unknown): boolean
}

type Part = { pending: Pending; append: Append }

export function createWriter(store: Pick<Store, 'commit'>, options: { retryMs: number }) {
  const waiting = new Set<Pending>()
  const failed = new Set<Pending>()
  let flushing = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let sleepers: (() => void)[] = []

  const schedule = (): void => {
    if (flushing || stopped) return
    flushing = true
    // After this turn's I/O: whatever arrives in it shares one fsync.
    setImmediate(() => void flush())
  }

  const flush = async (): Promise<void> => {
    // Stopped since: the store may be closed.
    if (stopped) return
    const batch: Part[] = []
    for (const pending of waiting) {
      const append = pending.take()
      if (append !== null) batch.push({ pending, append })
    }
    waiting.clear()
    for (const pending of await commit(batch)) failed.add(pending)
    flushing = false
    if (stopped) return
    if (failed.size > 0) timer ??= setTimeout(retry, options.retryMs)
    if (waiting.size > 0) return schedule()
    if (failed.size > 0) return
    for (const wake of sleepers) wake()
    sleepers = []
  }

  /** Those that failed wait apart: the others go on without them. */
  const retry = (): void => {
    timer = undefined
    for (const pending of failed) waiting.add(pending)
    failed.clear()
    schedule()
  }

  /** @returns those that want to be tried again */
  const commit = async (batch: Part[]): Promise<Pending[]> => {
    if (batch.length === 0) return []
    const failure = await store.commit(batch.map(({ append }) => append)).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    if (failure === null) {
      for (const { pending } of batch) pending.committed()
      return []
    }
    if (batch.length === 1)
      return batch.map(({ pending }) => pending).filter((pending) => pending.failed(failure.error))
    // One by one: what is wrong with one session's part must not hold up the others.
    const retry: Pending[] = []
    for (const part of batch) retry.push(...(await commit([part])))
    return retry
  }

  const idle = (): Promise<void> => {
    if (!flushing && waiting.size + failed.size === 0) return Promise.resolve()
    return new Promise((resolve) => sleepers.push(resolve))
  }

  const stop = (): void => {
    stopped = true
    clearTimeout(timer)
  }

  return {
    /** Commits `pending` soon, with whatever else is waiting by then. */
    request(pending: Pending): void {
      waiting.add(pending)
      schedule()
    },
    /** Fulfilled when nothing waits to be committed. */
    idle,
    /** Commits nothing more. */
    stop,
    /** Commits what waits, and then nothing more: not even what could not be stored in time. */
    async close(waitMs: number): Promise<void> {
      await Promise.race([idle(), sleep(waitMs, undefined, { ref: false })])
      stop()
    },
  }
}

export type Writer = ReturnType<typeof createWriter>
