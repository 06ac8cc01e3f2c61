/** All that is made from the machines, as paths from the root of the project and texts: the same whenever it is made. */
import type { AnyStateMachine } from 'xstate'
import { processMachine } from '../../../src/machines/process.ts'
import { sessionMachine } from '../../../src/machines/session.ts'
import { drawChart, UNMARKED } from '../../../src/web/inspect/draw.ts'
import type { Machine, MachineName } from '../../../src/web/inspect/machines.ts'
import { layOut } from './chart.ts'
import { nodesOf, transitionsOf } from './definition.ts'
import { describeMachines } from './markdown.ts'
import { processTable } from './process-table.ts'
import { sessionTable } from './session-table.ts'
import { writeSvg } from './svg.ts'
import type { Table } from './table.ts'

export function generateFiles(): Map<string, string> {
  const machines: Record<MachineName, Machine> = {
    session: describe(sessionMachine, sessionTable),
    process: describe(processMachine, processTable),
  }
  const drawings = Object.entries(machines).map(([name, { chart }]): [string, string] => [
    `docs/machines-${name}.svg`,
    writeSvg(drawChart(chart, `The ${name} machine`, UNMARKED)),
  ])
  return new Map([
    ['src/web/inspect/machines.json', `${inLines(machines, LEVELS_IN_LINES)}\n`],
    ['docs/machines.md', describeMachines(machines)],
    ...drawings,
  ])
}

function describe(machine: AnyStateMachine, { states }: Table): Machine {
  const transitions = transitionsOf(machine)
  return { transitions, chart: layOut(nodesOf(machine), transitions), table: states }
}

/** As many as give each state and each transition a line of its own. */
const LEVELS_IN_LINES = 4

function inLines(value: unknown, levels: number): string {
  if (levels === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[\n${value.map((item) => inLines(item, levels - 1)).join(',\n')}\n]`
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}: ${inLines(field, levels - 1)}`,
  )
  return `{\n${fields.join(',\n')}\n}`
}
