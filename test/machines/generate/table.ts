/**
 * The whole table of a machine, state × event, explored from its starts with pure transitions. It executes nothing;
 * contexts of which the same facts are told are taken for one.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type EventObject,
  transition,
} from 'xstate'
import type { Outcome, StateTable } from '../../../src/web/inspect/machines.ts'
import { decide } from './decide.ts'
import type { Sample } from './samples.ts'

export type TableOptions = {
  machine: AnyStateMachine
  starts: AnyMachineSnapshot[]
  samples: Sample[]
  /** What of a context may decide where an event leads. */
  facts: (snapshot: AnyMachineSnapshot) => string[]
  /** What an event changed, besides the state and what was told to others. Never what its sample alone has. */
  changes: (before: AnyMachineSnapshot, after: AnyMachineSnapshot, event: EventObject) => string[]
  /** The same snapshot, with nothing remembered that could hide a change. */
  forget?: (snapshot: AnyMachineSnapshot) => AnyMachineSnapshot
}

export type Table = {
  states: StateTable[]
  /** All that the machine was found in. */
  found: AnyMachineSnapshot[]
}

export function exploreTable(options: TableOptions): Table {
  const found = explore(options)
  const states = Map.groupBy(found, ({ value }) => nameOf(value))
  return { states: [...states].sort(inDocumentOrder).map((state) => tableOf(state, options)), found }
}

function explore({ machine, starts, samples, facts, forget = (same) => same }: TableOptions) {
  const found = new Map<string, AnyMachineSnapshot>()
  const waiting = [...starts]
  for (let snapshot = waiting.shift(); snapshot !== undefined; snapshot = waiting.shift()) {
    // What has failed takes no events: an actor that is stopped hears nothing.
    if (snapshot.status === 'error') continue
    const clean = forget(snapshot)
    const key = `${nameOf(clean.value)} ${facts(clean)}`
    if (found.has(key)) continue
    found.set(key, clean)
    if (clean.status === 'active')
      for (const { event } of samples) waiting.push(transition(machine, clean, event)[0])
  }
  return [...found.values()]
}

type Found = [string, AnyMachineSnapshot[]]

/** Of a machine without parallel states that is the last in document order. */
const deepest = ([snapshot]: AnyMachineSnapshot[]): AnyStateNode =>
  snapshot!._nodes.reduce((a, b) => (a.order > b.order ? a : b))
const inDocumentOrder = ([, a]: Found, [, b]: Found): number => deepest(a).order - deepest(b).order

function tableOf([name, snapshots]: Found, options: TableOptions): StateTable {
  const { machine, samples, facts, changes } = options
  const table: StateTable = { id: deepest(snapshots).id, name, rows: [], ignored: [] }
  if (snapshots.every(({ status }) => status === 'done')) return table
  let foreignTimers = 0
  for (const { name, event } of samples) {
    const found = snapshots.map((snapshot) => ({
      facts: facts(snapshot),
      outcome: outcomeOf(machine, snapshot, event, changes),
    }))
    const outcomes = decide(found)
    const row = table.rows.find((other) => isDeepStrictEqual(other.outcomes, outcomes))
    if (!outcomes.every(isNothing))
      row ? row.events.push(name) : table.rows.push({ events: [name], outcomes })
    else if (isForeignTimer(event, snapshots)) foreignTimers += 1
    else table.ignored.push(name)
  }
  if (foreignTimers > 0) table.ignored.push('timers of other states')
  return table
}

const isNothing = ({ to, does }: Outcome): boolean => to === undefined && does.length === 0

const isForeignTimer = ({ type }: EventObject, [snapshot]: AnyMachineSnapshot[]): boolean =>
  type.startsWith('xstate.after.') && !snapshot!._nodes.some(({ transitions }) => transitions.has(type))

function outcomeOf(
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: EventObject,
  changes: TableOptions['changes'],
): Outcome {
  const [after, actions] = transition(machine, before, event)
  if (after.status === 'error') return { does: [`fails: ${after.error}`] }
  const from = nameOf(before.value)
  const to = nameOf(after.value)
  const setsBack = from === to && actions.some(({ type }) => type === 'xstate.raise')
  const does = [
    ...(setsBack ? ['sets its timers back'] : []),
    ...actions.flatMap(nameAction),
    ...changes(before, after, event),
  ]
  return from === to ? { does } : { to, does }
}

/** Timers are left out but for those that begin anew: each belongs to its state, and has a row of its own. */
function nameAction(action: { type: string; params?: unknown }): string[] {
  const params = action.params as {
    event?: EventObject & { records?: { kind: string }[]; policy?: string }
    id?: string
  }
  switch (action.type) {
    case 'xstate.raise':
    case 'xstate.cancel':
      return []
    case 'xstate.spawnChild':
      return [`starts ${params.id}`]
    case 'xstate.stopChild':
      return ['stops its child']
    case 'xstate.sendTo':
      return [['sends', params.event?.type, params.event?.policy].filter(Boolean).join(' ')]
    case 'xstate.emit':
      return [`appends ${params.event?.records?.map(({ kind }) => kind).join(' ') || 'nothing'}`]
    default:
      return [action.type]
  }
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Object.entries(value as object)
    .map(([parent, child]) => `${parent}.${nameOf(child)}`)
    .join(' ')
}
