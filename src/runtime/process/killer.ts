/** What can be done to all processes of a turn, however they are found. */

export type StopSignal = 'SIGTERM' | 'SIGKILL'

/** Processes that are still there. */
export type Left = { pid: number }[]

export type Killer = {
  /**
   * Notes who belongs to the turn now, before anything is done to it: once the agent is gone, what it started in a
   * session of its own and without our mark could not be told from anything else.
   */
  note(): void
  /** Who of the turn is alive. */
  alive(): Left
  /** Signals every process of the turn that has not had this signal yet. @returns who was alive */
  signal(signal: StopSignal): Left
  /** Who is alive and may be the turn's, or not: never signalled. */
  orphans(): Left
}
