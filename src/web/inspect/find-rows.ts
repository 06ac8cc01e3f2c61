/** The total table, as far as it is about an event. */
import type { StateTable } from './machines.ts'

/** @param query a part of an event's name; nothing finds all. States that do not know such an event are left out. */
export function findRows(table: readonly StateTable[], query: string): StateTable[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return [...table]
  const isWanted = (event: string): boolean => event.toLowerCase().includes(wanted)
  return table
    .map((state) => ({
      ...state,
      rows: state.rows.filter(({ events }) => events.some(isWanted)),
      ignored: state.ignored.filter(isWanted),
    }))
    .filter(({ rows, ignored }) => rows.length + ignored.length > 0)
}
