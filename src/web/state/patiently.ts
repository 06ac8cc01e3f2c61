/** Asks until there is an answer: a page that is opened in a tunnel is there when the network is. */
import { RequestError } from '../../client/index.ts'
import { createPace } from '../../client/pace.ts'
import { pause, type Rounds, wasAskedAgain } from '../../client/rounds.ts'
import { LIMITS } from '../limits.ts'

/** Whether asking again may help: nobody answered, or the server has no time now. */
export const isPassing = (error: unknown): boolean =>
  error instanceof RequestError &&
  (error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500)

/**
 * @param rounds `again` ends the wait at once, `stop` for good
 * @param onWait told how long each wait is, in ms
 * @returns null when it was stopped
 * @throws what asking again does not change
 */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  rounds: Rounds,
  onWait: (ms: number) => void,
): Promise<T | null> {
  const pace = createPace(Math.random, LIMITS.retryMaxMs)
  rounds.begin()
  while (!rounds.stopped) {
    // Begun before it asks: who says `again` while nobody has answered yet does not wait either.
    const wait = rounds.next()
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    const ms = pace.waitMs({ delivered: false, good: false, retryAfterMs: 0 })
    onWait(ms)
    await pause(ms, wait)
    if (wasAskedAgain(wait)) pace.reset()
  }
  return null
}
