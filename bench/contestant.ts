/** Whoever is measured: a server that has streams, and an agent that speaks into them. */
import type { GroupSpec } from './load/protocol.ts'
import type { ServerProcess } from './server/process.ts'

/** What the agent is to do. Without `perSecond` it prints flat out. */
export type Script = { lines: number; chars: number; perSecond?: number }

export type Topic = Pick<GroupSpec, 'port' | 'path' | 'headers'> & {
  /** The id of the agent's first text in a turn that begins on an empty log. */
  firstText: number
  /** Begins a turn. */
  prompt(text: string): Promise<void>
}

export type Contestant = {
  process: ServerProcess
  /** A log that is empty. */
  open(): Promise<Topic>
  close(): Promise<void>
}

/** What makes a frame of about 300 bytes: the rest of it is the id, the time and the names of its fields. */
export const TEXT_CHARS = 200
