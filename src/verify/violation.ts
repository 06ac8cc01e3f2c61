/** What a checker needs to know of an event, and how it says where one is wrong. */

/** An event as a log or a stream gave it: of any version, so its kind may be unknown. */
export type LoggedEvent = {
  id: number
  kind: string
  turn?: number
  code?: string
  outcome?: string
  promptId?: string
  text?: string
  position?: number
  reason?: string
  approvalId?: string
}

/** @param position the index in the list that was checked */
export const violationAt = (position: number, event: LoggedEvent, what: string): string =>
  `at ${position} (id ${event.id}, turn ${event.turn}, ${event.kind}): ${what}`
