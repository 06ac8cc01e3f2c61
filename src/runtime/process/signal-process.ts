/** A signal to one process, and to no other that has been given its pid since. */
import { type ProcessRow, readProcess } from './process-table.ts'

export function signalProcess(row: Pick<ProcessRow, 'pid' | 'start'>, signal: NodeJS.Signals): void {
  // Looked at again: since it was found the pid may have been given to somebody else.
  if (readProcess(row.pid)?.start !== row.start) return
  try {
    process.kill(row.pid, signal)
    // What was stopped takes no other signal before it goes on.
    if (signal !== 'SIGKILL') process.kill(row.pid, 'SIGCONT')
  } catch {
    // Gone by itself.
  }
}
