/** The drawings, against the machines that they are of. */
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { transitionId } from '../../../src/machines/inspection.ts'
import { processMachine } from '../../../src/machines/process.ts'
import { sessionMachine } from '../../../src/machines/session.ts'
import type { Edge } from '../../../src/web/inspect/machines.ts'
import { layOut } from './chart.ts'
import { nodesOf, transitionsOf } from './definition.ts'

const within = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(within)]

describe.each<{ name: string; machine: AnyStateMachine }>([
  { name: 'session', machine: sessionMachine },
  { name: 'process', machine: processMachine },
])('the chart of the $name machine', ({ machine }) => {
  const nodes = within(machine.root)
  const transitions = transitionsOf(machine)
  const { width, height, states, edges } = layOut(nodesOf(machine), transitions)
  const boxOf = (id: string | undefined) => states.find((box) => box.id === id)!
  const drawn = states.flatMap(({ notes }) => notes.flatMap(({ transition }) => transition ?? []))
  const real = nodes.flatMap((node) => [...(node.always ?? []), ...[...node.transitions.values()].flat()])

  test('has every state once', () => {
    expect(states.map(({ id }) => id).sort()).toEqual(nodes.map(({ id }) => id).sort())
  })

  test('has every transition once, as an inspector names it', () => {
    expect(drawn.sort()).toEqual(real.map(transitionId).sort())
  })

  test('has a line to its target for every transition that leaves its state', () => {
    for (const transition of real) {
      const target = transition.target?.[0]
      const leaves = target !== undefined && target !== transition.source
      const box = boxOf(target?.id)
      const found = edges.filter((edge) => edge.transition === transitionId(transition))
      expect(found.map(({ to }) => to[0])).toEqual(leaves ? [box.x + box.width] : [])
      for (const { to } of found) expect(to[1] > box.y && to[1] < box.y + 27).toBe(true)
    }
  })

  test('keeps every box within its parent, below what that has to say, and clear of its neighbours', () => {
    const bottomOf: Record<string, number> = {}
    for (const { id, x, y, width: wide, height: high } of states) {
      const parent = nodes.find((node) => node.id === id)!.parent
      if (parent === undefined) continue
      const outer = boxOf(parent.id)
      const said = outer.notes.flatMap(({ y, lines }) => y + (lines.length - 1) * 15)
      expect(x > outer.x && x + wide < outer.x + outer.width, id).toBe(true)
      expect(y + high < outer.y + outer.height, id).toBe(true)
      expect(y > Math.max(bottomOf[parent.id] ?? outer.y, ...said), id).toBe(true)
      bottomOf[parent.id] = y + high
    }
  })

  test('has no text that is wider than its box', () => {
    for (const box of states)
      for (const { lines, to } of box.notes) {
        const [first = '', ...others] = lines
        const widest = Math.max(
          first.length + (to === undefined ? 0 : 1 + to.length),
          ...others.map((l) => l.length),
        )
        expect(widest * 6.65 + 20, lines.join('\n')).toBeLessThanOrEqual(box.width)
      }
  })

  test('is as narrow as a phone, and has no line outside', () => {
    expect(width).toBeLessThanOrEqual(390)
    for (const { x, from, to } of edges) {
      expect(x).toBeLessThan(width)
      for (const y of [from[1], to[1]]) expect(y > 0 && y < height).toBe(true)
    }
  })

  test('lets no line to one state run on that to another', () => {
    const span = ({ from, to }: Edge): [number, number] => [
      Math.min(from[1], to[1]),
      Math.max(from[1], to[1]),
    ]
    for (const a of edges)
      for (const b of edges) {
        if (a.x !== b.x || `${a.to}` === `${b.to}`) continue
        const [topA, bottomA] = span(a)
        const [topB, bottomB] = span(b)
        expect(bottomA < topB || bottomB < topA, `${a.transition} and ${b.transition}`).toBe(true)
      }
  })
})
