/** breakglass, embedded: the runtime, the HTTP server on top of it, and following a session from the same process. */

export { createServer, type ServerOptions } from './http/server.ts'
export { loadToken } from './http/token.ts'
export type * from './machines/events.ts'
export { CodedError, type ErrorName } from './runtime/errors.ts'
export { followEvents } from './runtime/log/follow-events.ts'
export type { Prompt } from './runtime/prompt.ts'
export { openRuntime, type Runtime, type RuntimeOptions } from './runtime/runtime.ts'
export type { Accepted, Session as RunningSession } from './runtime/session.ts'
