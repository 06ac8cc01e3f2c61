/** Tells when something in a directory has changed: by inotify, with a slow poll as a net below it. */
import { watch } from 'node:fs'

/**
 * @param wake called on every change (`polled: false`) and on every poll (`polled: true`)
 * @returns how to end it
 */
export function watchDirectory(
  dir: string,
  wake: (polled: boolean) => void,
  limits: { pollMs: number; pollUnwatchedMs: number },
): () => void {
  let timer: NodeJS.Timeout
  const poll = (ms: number): void => {
    clearInterval(timer)
    timer = setInterval(() => wake(true), ms)
  }
  poll(limits.pollMs)
  try {
    const watcher = watch(dir, () => wake(false))
    // Watches are a limited good of the whole machine (fs.inotify.max_user_watches): without one, poll faster.
    watcher.on('error', () => poll(limits.pollUnwatchedMs))
    return () => {
      clearInterval(timer)
      watcher.close()
    }
  } catch {
    poll(limits.pollUnwatchedMs)
    return () => clearInterval(timer)
  }
}
