/**
 * The whole table of a machine, state × event, explored from its starts with pure transitions, as text.
 * It executes nothing; contexts that differ in nothing a label names are taken for one.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, type EventObject, transition } from 'xstate'

export type Sample = { name: string; event: EventObject & { [field: string]: unknown } }

export type TableOptions = {
  machine: AnyStateMachine
  starts: AnyMachineSnapshot[]
  samples: Sample[]
  /** What of a context may decide where an event leads. */
  label: (snapshot: AnyMachineSnapshot) => string
  /** What an event changed, besides the state and what was told to others. */
  changes: (before: AnyMachineSnapshot, after: AnyMachineSnapshot) => string[]
  /** The same snapshot, with nothing remembered that could hide a change. */
  forget?: (snapshot: AnyMachineSnapshot) => AnyMachineSnapshot
}

export type Table = {
  text: string
  /** The state nodes that were reached, with their parents. */
  reached: Set<string>
}

/** So many contexts with one answer, and more than with any other, go without their names. */
const OTHERWISE_MIN = 5

export function exploreTable(options: TableOptions): Table {
  const found = explore(options)
  const states = new Map<string, AnyMachineSnapshot[]>()
  for (const snapshot of found) {
    const name = nameOf(snapshot.value)
    states.set(name, [...(states.get(name) ?? []), snapshot])
  }
  const blocks = [...states].sort(inDocumentOrder).map(([name, found]) => blockOf(name, found, options))
  const reached = new Set(found.flatMap((snapshot) => snapshot._nodes.map((node) => node.id)))
  return { text: blocks.join('\n'), reached }
}

function explore({ machine, starts, samples, label, forget = (same) => same }: TableOptions) {
  const found = new Map<string, AnyMachineSnapshot>()
  const waiting = [...starts]
  for (let snapshot = waiting.shift(); snapshot !== undefined; snapshot = waiting.shift()) {
    const key = `${nameOf(snapshot.value)} ${label(snapshot)}`
    // What has failed or ended takes no events: an actor that is stopped hears nothing.
    if (found.has(key) || snapshot.status === 'error') continue
    const clean = forget(snapshot)
    found.set(key, clean)
    if (clean.status === 'active')
      for (const { event } of samples) waiting.push(transition(machine, clean, event)[0])
  }
  return [...found.values()]
}

type Found = [string, AnyMachineSnapshot[]]

const inDocumentOrder = ([, [a]]: Found, [, [b]]: Found): number =>
  a!._nodes.at(-1)!.order - b!._nodes.at(-1)!.order

function blockOf(state: string, snapshots: AnyMachineSnapshot[], options: TableOptions): string {
  const { machine, samples, label } = options
  if (snapshots.every(({ status }) => status === 'done')) return `${state}\n  final: hears nothing\n`
  const width = Math.max(...samples.map(({ name }) => name.length))
  const lines = samples.flatMap(({ name, event }) => {
    const cells = new Map<string, string[]>()
    for (const snapshot of snapshots) {
      const cell = cellOf(machine, snapshot, event, options.changes)
      cells.set(cell, [...(cells.get(cell) ?? []), label(snapshot)])
    }
    // The context decides: one row for each answer, and which contexts give it.
    const most = Math.max(OTHERWISE_MIN, ...[...cells.values()].map(({ length }) => length))
    return [...cells].map(([cell, labels]) => {
      const which = labels.length === most ? 'otherwise' : `when ${labels.join(' | ')}`
      return `  ${name.padEnd(width)}  ${cell}${cells.size === 1 ? '' : `   ${which}`}`
    })
  })
  return `${state}\n${lines.join('\n')}\n`
}

function cellOf(
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: EventObject,
  changes: TableOptions['changes'],
): string {
  const [after, actions] = transition(machine, before, event)
  if (after.status === 'error') return `fails: ${after.error}`
  const from = nameOf(before.value)
  const to = nameOf(after.value)
  const setsBack = from === to && actions.some(({ type }) => type === 'xstate.raise')
  const done = [
    ...(setsBack ? ['sets its timers back'] : []),
    ...actions.flatMap(nameAction),
    ...changes(before, after),
  ]
  const arrow = from === to ? [] : [`→ ${to}`]
  return [...arrow, ...done].join(', ') || '-'
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
