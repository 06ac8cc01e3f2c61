/**
 * A session's events, and what is being written, as the rows of a list. Told the same in whatever batches, it shows the
 * same; what comes behind the events that it knows costs only itself, anything else begins anew. Knows no page.
 */
import type { Event, Writing } from '../../client/index.ts'
import { createBuild } from './build-rows.ts'
import type { Row } from './row.ts'

export type RowsInput = {
  events: readonly Event[]
  writing: Writing
  /** The session's; null: not known yet. */
  agent: string | null
}

export type Rows = {
  /** The same list, changed in place: it holds until the next call. */
  rows: readonly Row[]
  /** So many came in front of those of the call before. */
  added: number
}

/** @returns a function that is told all there is, each time */
export function createRows(): (input: RowsInput) => Rows {
  let build = createBuild(null)
  let agentKnown: string | null = null
  let known: readonly Event[] = []

  return ({ events, writing, agent }) => {
    const isMore =
      agent === agentKnown &&
      (known.length === 0 || (known[0] === events[0] && known.at(-1) === events[known.length - 1]))
    const isOlder = !isMore && known.at(-1) === events.at(-1)
    const before = build.rows.length
    if (!isMore) {
      build = createBuild(agent)
      known = []
    }
    agentKnown = agent
    build.unwrite()
    for (let i = known.length; i < events.length; i++) build.add(events[i]!)
    known = events
    build.write(writing)
    return { rows: build.rows, added: isOlder ? Math.max(0, build.rows.length - before) : 0 }
  }
}
