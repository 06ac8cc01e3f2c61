/**
 * Named instants of a turn's life. A server reaches them and does nothing; a test ends it there, and so shows what the
 * next one makes of exactly that crash. Random kills hardly ever hit them.
 */

import type { Append, Store } from './log/store.ts'

/**
 * - `record`: a prompt's first events are committed
 * - `spawn`: the turn's supervisor is started
 * - `append`: what an agent said is committed
 * - `acknowledge`: a prompt is answered over HTTP
 * - `answer`: the agent is told what became of its question, once that is committed
 * - `exit`: the agent's end, known by then, is committed
 * - `delete`: a session is deleted from the store
 *
 * `claim` is not among them: the supervisor makes it, in a process of its own.
 */
type Instant = 'record' | 'spawn' | 'append' | 'acknowledge' | 'answer' | 'exit' | 'delete'
export type FailPoint = `before-${Instant}` | `after-${Instant}`

/** Called at each instant, synchronously. */
export type ReachFailPoint = (point: FailPoint) => void

/** A store that reaches the instants of what it is given to keep. */
export function withFailPoints(store: Store, reach: ReachFailPoint): Store {
  const around = async <T>(instants: readonly Instant[], work: () => Promise<T>): Promise<T> => {
    for (const instant of instants) reach(`before-${instant}`)
    const result = await work()
    for (const instant of instants) reach(`after-${instant}`)
    return result
  }
  return {
    ...store,
    commit: (appends) => around(appends.map(instantOf), () => store.commit(appends)),
    remove: (id, at) => around(['delete'], () => store.remove(id, at)),
  }
}

function instantOf({ segment, fold }: Append): Instant {
  if (segment !== null && fold.opened !== null && fold.opened.id >= segment.first) return 'record'
  return segment !== null && fold.state === 'idle' ? 'exit' : 'append'
}
