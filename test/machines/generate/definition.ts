/**
 * What a machine's definition says, as plain data: its state nodes, and its transitions under the ids that an inspector
 * gives them.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { transitionId } from '../../../src/machines/inspection.ts'
import type { Transition } from '../../../src/web/inspect/machines.ts'

export type StateNode = {
  id: string
  name: string
  parent: string | null
  isFinal: boolean
  /** The child that it begins in. */
  initial: string | null
  invokes: string[]
  entry: string[]
  exit: string[]
}

/** @returns parents before their children, in the order of the definition */
export function nodesOf(machine: AnyStateMachine): StateNode[] {
  return allNodes(machine).map((node) => ({
    id: node.id,
    name: node.key,
    parent: node.parent?.id ?? null,
    isFinal: node.type === 'final',
    initial: node.type === 'compound' ? node.initial.target[0]!.id : null,
    invokes: node.invoke.map(({ id }) => id),
    entry: namesOf(node.entry),
    exit: namesOf(node.exit),
  }))
}

/** @returns those of one state node in the order in which they are tried */
export function transitionsOf(machine: AnyStateMachine): Transition[] {
  return allNodes(machine).flatMap((node) =>
    [...(node.always ?? []), ...[...node.transitions.values()].flat()].map(describe),
  )
}

function allNodes(machine: AnyStateMachine): AnyStateNode[] {
  const withChildren = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values(node.states).flatMap(withChildren),
  ]
  return withChildren(machine.root)
}

function describe(transition: AnyTransitionDefinition): Transition {
  const { source, target, eventType, guard, reenter } = transition
  const actions = namesOf(transition.actions)
  return {
    id: transitionId(transition),
    source: source.id,
    event: eventType,
    label: eventLabel(eventType),
    ...(guard !== undefined && { guard: nameOf(guard) }),
    ...(target !== undefined && { target: target[0]!.id }),
    ...(reenter && { reenters: true }),
    ...(actions.length > 0 && { actions }),
  }
}

function eventLabel(type: string): string {
  const [, kind, name, of] = type.split('.')
  if (type === '') return 'always'
  if (kind === 'after') return `after ${name}`
  if (kind === 'done') return `${of} done`
  if (kind === 'error') return `${of} fails`
  return type
}

/** Those that have a name; the timers of a state are entry actions without one. */
const namesOf = (actions: readonly unknown[]): string[] =>
  actions.filter((action) => typeof action !== 'function').map(nameOf)

/** With what it is given, as far as that is words: `command END_INPUT`. */
function nameOf(named: unknown): string {
  if (typeof named === 'string') return named
  const { type, params } = named as { type: string; params?: object }
  const words = Object.values(params ?? {}).filter((value) => typeof value === 'string')
  return [type, ...words].join(' ')
}
