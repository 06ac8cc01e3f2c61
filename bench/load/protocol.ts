/** What the bench and its load process say to each other. */

/** Clients of one stream: each is to be sent the events behind its cursor up to `last`. */
export type GroupSpec = {
  port: number
  path: string
  /** Lines of the request's head. */
  headers: string[]
  clients: number
  /** The cursor: the first id that counts is the one behind it. */
  after: number
  /** The first text, which carries the clock that everything is measured from, and the last. */
  first: number
  last: number
  /** Whether the latency of every event is taken, and not only when the first one was printed. */
  latencies: boolean
  /** Attach and then read nothing more. */
  reads: boolean
}

/** Times are milliseconds of one clock for all processes. */
export type GroupResult = {
  /** When the clients began to connect, when the first text was printed, and when the last client had the last one. */
  connectingAt: number
  printedAt: number
  endedAt: number
  deliveries: number
  /** Ids that did not follow the one before, and clients that were cut off. */
  outOfOrder: number
  dropped: number
  latencyMs: { p50: number; p99: number; max: number; samples: number } | null
  /** The newest id of each client. */
  cursors: number[]
}

export type Order =
  | { type: 'attach'; group: number; spec: GroupSpec }
  /** Those that were cut off come back with their cursors. */
  | { type: 'comeBack'; group: number }
  /** Says what there is, and closes all. */
  | { type: 'close'; group: number }

export type Report = { group: number } & (
  | { type: 'attached'; ms: number }
  | { type: 'done' }
  | { type: 'closed'; result: GroupResult }
  | { type: 'failed'; error: string }
)
