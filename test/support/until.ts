/** Polls for what tells nobody that it has happened: a file, a process. The limit is against hangs, not for speed. */
import { vi } from 'vitest'
import { HANG_MS } from '../chaos/within.ts'

export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: HANG_MS, interval: 10 })
