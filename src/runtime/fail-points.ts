/**
 * Named instants of a turn's life. A server reaches them and does nothing; a test ends it there, and so shows what the
 * next one makes of exactly that crash. Random kills hardly ever hit them.
 */

/**
 * - `record`: a prompt's first events are committed
 * - `spawn`: the turn's supervisor is started
 * - `append`: what an agent said is committed
 * - `acknowledge`: a prompt is answered over HTTP
 * - `exit`: the agent's end, known by then, is committed
 * - `delete`: a session is deleted from the store
 *
 * `claim` is not among them: the supervisor makes it, in a process of its own.
 */
type Instant = 'record' | 'spawn' | 'append' | 'acknowledge' | 'exit' | 'delete'
export type FailPoint = `before-${Instant}` | `after-${Instant}`

/** Called at each instant, synchronously. */
export type ReachFailPoint = (point: FailPoint) => void
