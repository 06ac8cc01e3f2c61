import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { makeCgroup } from '../../../src/runtime/process/cgroup.ts'
import { removeOldRuns } from '../../../src/runtime/process/old-runs.ts'
import { isAlive } from '../../../src/runtime/process/process-table.ts'
import { abandonRun, prepareRun, RUN_FORMAT, readPid } from '../../../src/runtime/process/run-directory.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'
import { launchOf, leafOf, own, runOptions, testCgroup } from './turn.ts'

const nameOf = ({ turn, run }: { turn: string; run: string }): string => `${turn}:${run}`

/** A session's runs: directories with these names, each prepared in this format. */
function runsOf(names: Record<string, number | null>): string {
  const runs = tempDir()
  for (const [name, format] of Object.entries(names)) {
    mkdirSync(join(runs, name, 'sub'), { recursive: true })
    if (format !== null) writeFileSync(join(runs, name, 'run.json'), JSON.stringify({ format }))
  }
  return runs
}

const ALL = { '1.0.a': RUN_FORMAT, '2.0.b': RUN_FORMAT, '2.1.b': RUN_FORMAT, '9.0.c': null }

test('old runs go with all their attempts, prepared or not, and the newest turn’s stay with theirs', async () => {
  const runs = runsOf({ ...ALL, '10.0.d': RUN_FORMAT, '10.1.d': null })
  await removeOldRuns(runs, 'd', nameOf)
  expect(readdirSync(runs).sort()).toEqual(['10.0.d', '10.1.d'])
})

test('of one turn, the runs go that another log began: a restored backup gives its number again', async () => {
  const runs = runsOf({ '10.0.old': RUN_FORMAT, '10.0.new': RUN_FORMAT })
  await removeOldRuns(runs, 'new', nameOf)
  expect(readdirSync(runs)).toEqual(['10.0.new'])
})

test('later turns’ runs go as well: a restored backup knows of none, and of no agent that runs in them', async () => {
  const runs = runsOf({ '10.0.d': RUN_FORMAT, '11.0.e': RUN_FORMAT, '12.0.f': null })
  await removeOldRuns(runs, 'd', nameOf)
  expect(readdirSync(runs)).toEqual(['10.0.d'])
})

test('a turn that begins while they are removed is spared', async () => {
  const runs = runsOf({ '10.0.d': RUN_FORMAT, '9.0.c': RUN_FORMAT })
  const removed = removeOldRuns(runs, 'd', nameOf)
  mkdirSync(join(runs, '11.0.e'))
  await removed
  expect(readdirSync(runs).sort()).toEqual(['10.0.d', '11.0.e'])
})

test('what another version made is spared, whatever it calls its runs: it may run', async () => {
  const runs = runsOf({ '1': 1, '1.2': 1, '2.0.b': RUN_FORMAT + 1, '3.0.c': RUN_FORMAT })
  writeFileSync(join(runs, '2.0.b', 'run.json'), '{')
  for (const keep of ['d', null]) {
    await removeOldRuns(runs, keep, nameOf)
    expect(readdirSync(runs).sort()).toEqual(['1', '1.2', '2.0.b'])
  }
})

test('all go when the session does', async () => {
  const runs = runsOf(ALL)
  await removeOldRuns(runs, null, nameOf)
  expect(readdirSync(runs)).toEqual([])
})

test('a run that was abandoned goes like any other', async () => {
  const runs = runsOf({})
  abandonRun(join(runs, '1.0.a'))
  await removeOldRuns(runs, 'b', nameOf)
  expect(readdirSync(runs)).toEqual([])
})

test('where there are no runs there is nothing to do', async () => {
  await removeOldRuns(join(tempDir(), 'missing'), 'a', nameOf)
})

test('an agent that no log knows is ended with all that it started, and its run is gone', async () => {
  const turn = { turn: '3', run: 'lost' }
  const options = { ...runOptions('own-session'), turnName: nameOf(turn) }
  const runs = tempDir()
  const dir = join(runs, '3.0.lost')
  const leaf = await leafOf({ ...options, dir })
  const agent = own(readPid(dir, 'agent')!)
  await removeOldRuns(runs, 'known', nameOf)
  expect(isAlive(leaf)).toBe(false)
  expect(isAlive(agent)).toBe(false)
  expect(existsSync(dir)).toBe(false)
})

test('what an agent left behind on purpose, and which ended as it should, is let live', async () => {
  const options = { ...runOptions('background'), turnName: '3:a' }
  const leaf = await leafOf(options)
  await until(() => expect(existsSync(join(options.dir, 'exit'))).toBe(true))
  const runs = dirname(options.dir)
  await removeOldRuns(runs, null, nameOf)
  expect(readdirSync(runs)).toEqual([])
  expect(isAlive(leaf)).toBe(true)
})

test('an agent’s cgroup goes with its run', async ({ skip }) => {
  const { parent, name, dir: cgroup } = testCgroup(skip, '.3.0.lost')
  const runs = tempDir()
  const dir = join(runs, '3.0.lost')
  const leaf = await leafOf({ ...runOptions('daemon'), turnName: '3:lost', dir, cgroup: { parent, name } })
  expect(existsSync(cgroup)).toBe(true)
  await removeOldRuns(runs, null, nameOf)
  expect(isAlive(leaf)).toBe(false)
  expect(existsSync(cgroup)).toBe(false)
  expect(readdirSync(runs)).toEqual([])
})

test('a cgroup that is not the run’s own is not touched, whatever the run’s files say', async ({ skip }) => {
  const { parent, name, dir: cgroup } = testCgroup(skip)
  makeCgroup(parent, name)
  const runs = tempDir()
  const dir = join(runs, '3.0.lost')
  prepareRun(dir, launchOf('obedient'))
  const tree = join(tempDir(), 'tree.3.0.lost')
  mkdirSync(tree)
  for (const said of [cgroup, tree]) {
    writeFileSync(join(dir, 'cgroup'), `${said}\n`)
    await removeOldRuns(runs, null, nameOf)
    expect(existsSync(said)).toBe(true)
    prepareRun(dir, launchOf('obedient'))
  }
})

test('a run that is only prepared is removed, and nothing is signalled for it', async () => {
  const runs = tempDir()
  prepareRun(join(runs, '1.0.a'), launchOf('obedient'))
  await removeOldRuns(runs, 'b', nameOf)
  expect(readdirSync(runs)).toEqual([])
})
