/** Polls for what tells nobody that it has happened: a file, a process. The limit is against hangs, not for speed. */
import { vi } from 'vitest'

export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000, interval: 10 })
