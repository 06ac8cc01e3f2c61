import { expect, test, vi } from 'vitest'
import { bootId } from '../../../src/runtime/process/boot.ts'
import * as cgroup from '../../../src/runtime/process/cgroup.ts'
import { openKiller } from '../../../src/runtime/process/kill.ts'
import { isAlive } from '../../../src/runtime/process/process-table.ts'
import { until } from '../../support/until.ts'
import { leafOf, runOptions, testCgroup } from './turn.ts'

vi.mock('../../../src/runtime/process/signal-process.ts', () => ({ signalProcess: vi.fn() }))

test('SIGKILL ends a turn’s cgroup in one step, without a signal to anybody', async ({ skip }) => {
  const { parent, name, dir } = testCgroup(skip)
  const options = { ...runOptions('daemon'), cgroup: { parent, name } }
  const leaf = await leafOf(options)
  const killer = openKiller({
    ...{ runDir: options.dir, name: options.turnName, cgroup: dir, boot: bootId() },
  })!
  killer.signal('SIGTERM')
  expect(isAlive(leaf)).toBe(true)
  killer.signal('SIGKILL')
  await until(() => expect(isAlive(leaf)).toBe(false))
  await until(() => expect(cgroup.isPopulated(dir)).toBe(false))
})
