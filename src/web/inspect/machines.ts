/**
 * The machines as the page knows them: what may happen, where it is drawn, and what comes of every event in every state.
 * Made from the machines themselves by `npm run machines`; nothing here is written by hand.
 */
import type { Step } from '../../client/index.ts'
import json from './machines.json' with { type: 'json' }

export type MachineName = 'session' | 'process'

export type Machine = {
  /** Those of one state in the order in which they are tried. */
  transitions: Transition[]
  chart: Chart
  table: StateTable[]
}

export type Transition = {
  /** As `transitionId` of src/machines/inspection.ts names it. */
  id: string
  /** The id of its state. */
  source: string
  event: string
  /** The event as people read it: `after stallKill`. */
  label: string
  guard?: string
  /** None: it stays where it is. */
  target?: string
  reenters?: true
  actions?: string[]
}

/** Lengths are pixels, from the chart's top left corner. */
export type Chart = { width: number; height: number; states: Box[]; edges: Edge[] }

export type Box = {
  id: string
  name: string
  kind: 'root' | 'compound' | 'state' | 'final'
  /** Whether its parent begins in it. */
  isInitial: boolean
  x: number
  y: number
  width: number
  height: number
  /** What the state does, and what it listens to. */
  notes: Note[]
}

export type Note = {
  /** The baseline of its first line. */
  y: number
  lines: string[]
  /** Of what it is the text: what a state does by itself has none. */
  transition?: string
  /** The name of the state that it leads to. */
  to?: string
}

/** From a note to the left over a vertical piece at `x` to the side of the state that it leads to. */
export type Edge = {
  transition: string
  from: [x: number, y: number]
  x: number
  to: [x: number, y: number]
}

export type StateTable = {
  id: string
  /** `turn.running`. */
  name: string
  /** Events that something comes of; those that come to the same are together. */
  rows: { events: string[]; outcomes: Outcome[] }[]
  /** Events that nothing comes of. */
  ignored: string[]
}

export type Outcome = {
  /** What of the context decides it. None: it is so in any case, or in all others. */
  when?: string
  /** The name of the state that it leads to. */
  to?: string
  does: string[]
}

export const MACHINES = json as unknown as Record<MachineName, Machine>

/** What the transitions of a step do, as the machine has it: a log does not say, and who executes gives it other names. */
export const actionsOf = ({ to, taken }: Step): string[] =>
  to === 'port'
    ? []
    : MACHINES[to].transitions.filter(({ id }) => taken.includes(id)).flatMap(({ actions = [] }) => actions)
