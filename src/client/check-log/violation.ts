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

/** Where a log is wrong, and how. */
export type Violation = {
  /** The index in the list that was checked. */
  position: number
  /** What stands there. */
  event: LoggedEvent
  what: string
}

/** In one line. */
export const violationText = ({ position, event, what }: Violation): string =>
  `at ${position} (id ${event.id}, turn ${event.turn}, ${event.kind}): ${what}`
