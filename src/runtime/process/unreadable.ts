/** What it means when something cannot be read: that it is not there, or only that nobody can tell just now. */

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''

/** It is not there. ESRCH: /proc says so of a process that ends while it is being read. */
const isAbsent = (error: unknown): boolean => ['ENOENT', 'ESRCH', 'ENOTDIR'].includes(codeOf(error))

/** No more files, memory or processes for now: that passes, and says nothing of what was asked for. */
export const isShortage = (error: unknown): boolean =>
  ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(codeOf(error))

/**
 * @returns null when it is not there
 * @throws what else went wrong: a server that is short of files must not take its turns for gone
 */
export function readIfThere<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}
