/** A log that was exported (`GET …/transcript?format=json`), as a file has it. Nothing of it goes anywhere. */
import type { Event } from '../../../client/index.ts'

export type LogFile = { title: string; events: readonly Event[] }

/** What it is not, in words for whoever chose the file. */
export class NoLogFile extends Error {}

/**
 * Only what every event of any version has is looked at: a log that is damaged is what this page is for.
 * @throws NoLogFile
 */
export function readLogFile(text: string): LogFile {
  const { session, events } = parse(text)
  if (!Array.isArray(events) || !events.every(isEvent))
    throw new NoLogFile('It is no export of a session: “events” are missing.')
  return { title: typeof session?.title === 'string' ? session.title : 'A log', events }
}

function parse(text: string): { session?: { title?: unknown }; events?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    throw new NoLogFile('It is no JSON.')
  }
}

const isEvent = (event: unknown): event is Event => {
  const { id, at, kind } = Object(event)
  return typeof id === 'number' && typeof at === 'string' && typeof kind === 'string'
}

/** The numbers of the turns that are in it, in order. */
export const turnsOf = (events: readonly Event[]): number[] => [
  ...new Set(events.flatMap(({ kind, turn }) => (kind === 'user' && Number.isFinite(turn) ? [turn] : []))),
]

/** As `readTurn` gives it. */
export function turnOf(events: readonly Event[], turn: number): Event[] {
  const first = events.findIndex((event) => event.turn === turn)
  const before = events[first - 1]
  const isStarted = before?.kind === 'dequeued' && before.reason === 'started'
  return [...(isStarted ? [before] : []), ...events.filter((event) => event.turn === turn)]
}
