/** Whether everything that a server started has gone. */
import { findAtHome } from './at-home.ts'
import { until } from './within.ts'

const LEAVE_MS_MAX = 5_000

/** @returns what is wrong: nothing, or one line with the names of what still runs */
export async function findLeftOver(home: string): Promise<string[]> {
  // The supervisors leave a moment after their agents, and nobody hears of it.
  return until(LEAVE_MS_MAX, 'processes to end', () => findAtHome(home).length === 0).then(
    () => [],
    () => [`still running: ${findAtHome(home).map(({ name }) => name)}`],
  )
}
