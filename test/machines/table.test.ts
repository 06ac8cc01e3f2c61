/** Every state × every event of both machines, and what is made of it: a change of what may happen shows in a diff. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { processMachine } from '../../src/machines/process.ts'
import { sessionMachine } from '../../src/machines/session.ts'
import { nodesOf } from './generate/definition.ts'
import { generateFiles } from './generate/files.ts'
import { processSamples, processTable } from './generate/process-table.ts'
import type { Sample } from './generate/samples.ts'
import { sessionSamples, sessionTable } from './generate/session-table.ts'
import type { Table } from './generate/table.ts'

describe.each<{ name: string; machine: AnyStateMachine; samples: Sample[]; table: Table }>([
  { name: 'session', machine: sessionMachine, samples: sessionSamples, table: sessionTable },
  { name: 'process', machine: processMachine, samples: processSamples, table: processTable },
])('the table of the $name machine', ({ machine, samples, table }) => {
  test('has every event that the machine listens to', () => {
    expect(samples.map(({ event }) => event.type)).toEqual(expect.arrayContaining(machine.events))
  })

  test('has every state, since each can be come to', () => {
    const reached = new Set(table.found.flatMap(({ _nodes }) => _nodes.map(({ id }) => id)))
    expect([...reached].sort()).toEqual(
      nodesOf(machine)
        .map(({ id }) => id)
        .sort(),
    )
  })

  test('says in every state what comes of every event', () => {
    for (const { name, rows, ignored } of table.states) {
      if (rows.length === 0) continue
      const told = [...rows.flatMap(({ events }) => events), ...ignored]
      const timers = samples.filter(({ name }) => name.startsWith('after ') && !told.includes(name))
      const untold = timers.length === 0 ? [] : ['timers of other states']
      expect([...told, ...timers.map(({ name }) => name)].sort(), name).toEqual(
        [...samples.map(({ name }) => name), ...untold].sort(),
      )
    }
  })

  test('has nothing in it that its samples alone say', () => {
    const said = JSON.stringify(table.states)
    for (const sampled of ['= 7', '= 9', 'SIGHUP', 'ENOENT', 'stderr', 'Overloaded', 'MiB'])
      expect(said).not.toContain(sampled)
  })
})

test.each([...generateFiles()])('%s is what `npm run machines` makes of the machines', (path, text) => {
  const stored = readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8')
  expect(stored === text, `${path} is stale: run npm run machines, and look at the difference`).toBe(true)
})
