/** A step that is read from a log: what was recorded by it, and how sure it is. */
import type { Event, Step } from '../../../client/index.ts'

export type LoggedStep = Step & {
  /** What it put into the log, in order. None, when it left no trace of its own. */
  events: readonly Event[]
  /** Why it is only likely: the log says that something of the kind happened. Null: the log leaves no other way. */
  guess: string | null
}

/** What a reader of a log has to say of a step; the rest follows from its place. */
export type DraftStep = Pick<Step, 'at' | 'from' | 'to' | 'event'> & Partial<Omit<LoggedStep, 'seq' | 'turn'>>

/** The states of the session machine, as they are lit. */
export const SESSION_LIT = {
  idle: ['session.idle'],
  running: ['session.turn', 'session.turn.running'],
  cancelling: ['session.turn', 'session.turn.cancelling'],
} as const satisfies Record<string, readonly string[]>

/** The states of the process machine, outermost first, by the innermost. */
export const processLit = (state: string): string[] => {
  const names = state.split('.')
  return names.map((_, index) => ['process', ...names.slice(0, index + 1)].join('.'))
}
