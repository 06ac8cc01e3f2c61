/** breakglass, embedded: the runtime, the HTTP server on top of it, and following a session from the same process. */

export { createServer, type ServerOptions } from './http/server.ts'
export { loadToken } from './http/token.ts'
export type * from './machines/events.ts'
export { CodedError, type ErrorName } from './runtime/errors.ts'
export { followEvents } from './runtime/log/follow-events.ts'
export type { Accepted, Prompt } from './runtime/prompt.ts'
export type { Queued, Resumed } from './runtime/queue/queue.ts'
export type { PlacedPrompt } from './runtime/queue/records.ts'
export { openRuntime, type Runtime, type RuntimeOptions } from './runtime/runtime.ts'
export type { Cancelled, Session as RunningSession } from './runtime/session.ts'
