import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeCgroup } from '../../../src/runtime/process/cgroup.ts'
import { findOrphans } from '../../../src/runtime/process/orphans.ts'
import { isAlive, readProcess, readProcessTable } from '../../../src/runtime/process/process-table.ts'
import { readPid } from '../../../src/runtime/process/run-directory.ts'
import { until } from '../../support/until.ts'
import { runScript } from '../node-script.ts'
import { kill, leafOf, own, runOptions, shimOf, testCgroup } from './turn.ts'

/** Until the process has lost its parent: before, it is found by that. */
const orphaned = (pid: number) => until(() => expect(readProcess(pid)?.parent).toBe(1))

/** Among those that are no older than this test. */
function orphanPids(): number[] {
  const start = Number(readProcess(process.pid)!.start)
  return findOrphans(readProcessTable().filter((row) => Number(row.start) >= start)).map(({ pid }) => pid)
}

test('a process that has cut every tie to its turn may be an orphan of it', async () => {
  const leaf = await leafOf(runOptions('daemon'))
  await orphaned(leaf.pid)
  expect(orphanPids()).toContain(leaf.pid)
})

test('what an orphan has started may be the turn’s as well', async () => {
  const orphan = `setsid bash -c 'sleep 600 & echo ready $$; wait'`
  const argv = ['bash', '-c', `(env -i PATH="$PATH" ${orphan} &); exec sleep 600`]
  const leaf = await leafOf({ ...runOptions('daemon'), launch: { argv, input: null, files: {} } })
  await orphaned(leaf.pid)
  const [child] = readProcessTable().filter((row) => row.parent === leaf.pid)
  own(child!.pid)
  expect(orphanPids()).toEqual(expect.arrayContaining([leaf.pid, child!.pid]))
})

test('what carries the marker of a turn is that turn’s, though it has lost its parent', async () => {
  const leaf = await leafOf(runOptions('double-fork'))
  await orphaned(leaf.pid)
  expect(orphanPids()).not.toContain(leaf.pid)
})

test('the supervisor of a turn whose server died is no orphan, nor is the feeder of one that was killed', async () => {
  const options = runOptions('obedient', 'say ready\n')
  // A server that dies when it has started the turn.
  const script = `
    import { openRun } from ${JSON.stringify(join(import.meta.dirname, '../../../src/runtime/process/run.ts'))}
    await openRun({ ...${JSON.stringify(options)}, failPoint() {}, pace() {} })
    process.exit()`
  expect(await runScript(script)).toMatchObject({ code: 0, err: '' })
  const shim = own(shimOf(options.dir).pid)
  await orphaned(shim.pid)
  expect(orphanPids()).not.toContain(shim.pid)
  const feeder = own(readPid(options.dir, 'feeder')!)
  kill(shim)
  await orphaned(feeder.pid)
  expect(orphanPids()).not.toContain(feeder.pid)
})

test('who has a parent is no orphan, and neither is who was started in a cgroup of its own', async ({
  skip,
}) => {
  expect(orphanPids()).not.toContain(process.pid)
  const { parent, name, dir } = testCgroup(skip)
  makeCgroup(parent, name)
  const leaf = await leafOf(runOptions('daemon'))
  await orphaned(leaf.pid)
  expect(orphanPids()).toContain(leaf.pid)
  writeFileSync(join(dir, 'cgroup.procs'), String(leaf.pid))
  expect(orphanPids()).not.toContain(leaf.pid)
  kill(leaf)
  await until(() => expect(isAlive(leaf)).toBe(false))
})
