/** Every limit of the page, with its unit in its name. */
export const LIMITS = {
  /** Asked for or attached to at once: a few screens, and little enough for a bad line. */
  eventsAtOnce: 400,
  /** Of the newest events, kept for the next visit. */
  eventsKeptMax: 400,
} as const
