import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isAlive } from '../../../src/runtime/process/process-table.ts'
import { createTreeKiller } from '../../../src/runtime/process/tree-killer.ts'
import { until } from '../../support/until.ts'
import { runScript } from '../node-script.ts'
import { tempDir } from '../temp-dir.ts'
import { type Identity, kill, launchOf, own } from './turn.ts'

const TREE_KILLER = join(import.meta.dirname, '../../../src/runtime/process/tree-killer.ts')

/** Starts a fixture that says `ready PID` of its tool; by default as a turn does, at the head of a group. */
async function startAgent(fixture: string, detached = true): Promise<{ agent: Identity; leaf: Identity }> {
  const [bash, file] = launchOf(fixture).argv
  const child = spawn(bash!, [file!], { detached, stdio: ['ignore', 'pipe', 'ignore'] })
  const agent = own(child.pid!)
  onTestFinished(() => void child.stdout.destroy())
  const [said] = await once(child.stdout, 'data')
  return { agent, leaf: own(Number(/\d+/.exec(String(said))![0])) }
}

const gone = (...processes: Identity[]) =>
  until(() => {
    for (const process of processes) expect(isAlive(process)).toBe(false)
  })

test('the agent is ended with the group that it leads', async () => {
  const { agent, leaf } = await startAgent('group')
  const killer = createTreeKiller(agent.pid)
  expect(killer.alive()).toEqual([{ pid: agent.pid }])
  expect(killer.signal('SIGTERM')).toEqual([{ pid: agent.pid }])
  await gone(agent, leaf)
  await until(() => expect(killer.alive()).toEqual([]))
  expect(killer.signal('SIGKILL')).toEqual([])
})

test('what is left of the group when the agent has gone is alive, and is ended too', async () => {
  const { agent, leaf } = await startAgent('group')
  const killer = createTreeKiller(agent.pid)
  kill(agent)
  await gone(agent)
  expect(isAlive(leaf)).toBe(true)
  expect(killer.alive()).toEqual([{ pid: agent.pid }])
  killer.signal('SIGTERM')
  await gone(leaf)
})

test('a tool in a session of its own is found by its parent', async () => {
  const { agent, leaf } = await startAgent('own-session')
  createTreeKiller(agent.pid).signal('SIGTERM')
  await gone(agent, leaf)
})

test('an agent that never started has nobody to be signalled', () => {
  const killer = createTreeKiller(null)
  killer.note()
  expect([killer.alive(), killer.signal('SIGKILL'), killer.orphans()]).toEqual([[], [], []])
})

/** Signals from a process that has neither ps nor pgrep on its PATH. */
const signalWithoutTools = (agent: Identity) =>
  runScript(
    `import { createTreeKiller } from ${JSON.stringify(TREE_KILLER)}
    createTreeKiller(${agent.pid}).signal('SIGTERM')
    // A failed spawn is told later than in the same step.
    setTimeout(() => console.log('still here'), 200)`,
    { env: { PATH: tempDir() }, cwd: tempDir() },
  )

test('a missing ps does not end the server, and the group is ended all the same', async () => {
  const { agent, leaf } = await startAgent('group')
  expect(await signalWithoutTools(agent)).toEqual({ code: 0, out: 'still here\n', err: '' })
  await gone(agent, leaf)
})

test('a missing ps does not spare an agent that leads no group', async () => {
  const { agent } = await startAgent('group', false)
  expect(await signalWithoutTools(agent)).toEqual({ code: 0, out: 'still here\n', err: '' })
  await gone(agent)
})
