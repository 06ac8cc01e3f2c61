import { expect, test } from 'vitest'
import type { InspectedProcess } from '../../../../src/client/index.ts'
import { bytesText, type ProcessNode, processTree } from '../../../../src/web/inspect/state/process-tree.ts'

const process = (
  pid: number,
  parent: number,
  role: InspectedProcess['role'],
  cpuMs = 0,
): InspectedProcess => ({
  ...{ pid, parent, role, cpuMs, command: role, rssBytes: 2 ** 20 },
})
const LOOK = [
  process(10, 1, 'server', 500),
  process(20, 10, 'shim'),
  process(21, 20, 'feeder'),
  process(22, 20, 'agent', 1_000),
  process(30, 22, 'child'),
  process(31, 1, 'child'),
]
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const shape = (nodes: ProcessNode[]): unknown => nodes.map(({ pid, children }) => [pid, shape(children)])

test('processes stand below what started them; the server’s beside it, as they outlive it', () => {
  const tree = processTree({ at: at(0), processes: LOOK }, null)
  expect(shape(tree)).toEqual([
    [10, []],
    [
      20,
      [
        [21, []],
        [22, [[30, []]]],
      ],
    ],
    [31, []],
  ])
})

test('how busy one is, is known from the second look on', () => {
  const first = { at: at(0), processes: LOOK.slice(0, 4) }
  expect(processTree(first, null).map(({ load }) => load)).toEqual([null, null])
  const later = LOOK.map((each) => (each.role === 'agent' ? { ...each, cpuMs: 2_500 } : each))
  const [, shim] = processTree({ at: at(2), processes: later }, first)
  const agent = shim!.children[1]!
  expect([agent.load, agent.children[0]!.load]).toEqual([0.75, null])
})

test('memory is said in the unit that one thinks in', () => {
  expect([1_500_000, 2 ** 20 * 51.4].map(bytesText)).toEqual(['1.4 MiB', '51 MiB'])
})
