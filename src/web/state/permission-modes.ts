/** What an agent does before it acts, in the operator's words. Pure. */
import type { Session } from '../../client/index.ts'

type Mode = Session['permissionMode']

/** The most careful one first. */
export const MODES: readonly (readonly [Mode, string])[] = [
  ['ask', 'Ask me'],
  ['acceptEdits', 'Edit files without asking'],
  ['bypass', 'Do everything without asking'],
]

/** Whether it does whatever it likes. A shell does what the operator types, and nothing else. */
export const asksNothing = ({ agent, permissionMode }: Pick<Session, 'agent' | 'permissionMode'>): boolean =>
  agent !== 'shell' && permissionMode === 'bypass'
