import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as cgroup from '../../../src/runtime/process/cgroup.ts'
import { isAlive, readProcess } from '../../../src/runtime/process/process-table.ts'
import { readPid } from '../../../src/runtime/process/run-directory.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'
import { leafOf, own, runOptions, shimOf, testCgroup } from './turn.ts'

const mount = (root: string, mountPoint: string, type = 'cgroup2'): string =>
  `41 31 0:38 ${root} ${mountPoint} rw,relatime shared:7 - ${type} ${type} rw`

describe('the cgroup of this process', () => {
  const cases: [string, string, string[], string | null][] = [
    [
      'below the mount',
      '0::/a.slice/b.service',
      [mount('/', '/sys/fs/cgroup')],
      '/sys/fs/cgroup/a.slice/b.service',
    ],
    ['the root itself', '0::/', [mount('/', '/sys/fs/cgroup')], '/sys/fs/cgroup'],
    [
      'found beside those of version 1',
      '9:name=systemd:/x\n4:memory:/process/1\n1:cpu:/\n0::/ours',
      [
        mount('/', '/sys/fs/cgroup', 'tmpfs'),
        mount('/', '/sys/fs/cgroup/memory', 'cgroup'),
        mount('/', '/sys/fs/cgroup/unified'),
      ],
      '/sys/fs/cgroup/unified/ours',
    ],
    [
      'not that of version 1 alone',
      '4:memory:/ours\n1:name=systemd:/ours',
      [mount('/', '/sys/fs/cgroup')],
      null,
    ],
    ['not to be had without a mount', '0::/ours', [mount('/', '/sys/fs/cgroup', 'tmpfs')], null],
    [
      'found by the root of its mount, when a part of the tree is mounted',
      '0::/kubepods/pod1/ours/deep',
      [mount('/kubepods/pod1', '/sys/fs/cgroup')],
      '/sys/fs/cgroup/ours/deep',
    ],
    ['the mounted part itself', '0::/kubepods/pod1', [mount('/kubepods/pod1', '/mnt/cg')], '/mnt/cg'],
    [
      'not a part beside its own',
      '0::/kubepods/pod12/ours',
      [mount('/kubepods/pod1', '/sys/fs/cgroup')],
      null,
    ],
    [
      'found in the mount that shows it, when others do not',
      '0::/ours',
      [mount('/theirs', '/mnt/theirs'), mount('/', '/sys/fs/cgroup')],
      '/sys/fs/cgroup/ours',
    ],
    ['not to be had outside of its namespace', '0::/../../ours', [mount('/', '/sys/fs/cgroup')], null],
    ['not to be had where the mount lies outside', '0::/', [mount('/../..', '/sys/fs/cgroup')], null],
    [
      'read as the kernel writes odd names',
      '0::/ours',
      [mount('/', '/mnt/a\\040b\\011c\\012d\\134e')],
      '/mnt/a b\tc\nd\\e/ours',
    ],
    [
      'found whatever optional fields a mount has',
      '0::/ours',
      ['41 31 0:38 / /mnt/none rw - cgroup2 cgroup rw'],
      '/mnt/none/ours',
    ],
    ['not to be had from nothing', '', [''], null],
  ]
  test.each(cases)('is %s', (_, cgroups, mounts, expected) => {
    expect(cgroup.ownCgroup(`${cgroups}\n`, `${mounts.join('\n')}\n`)).toBe(expected)
  })

  test('as the kernel has it here is one that this process is in', ({ skip }) => {
    const read = (file: string) => readFileSync(`/proc/self/${file}`, 'utf8')
    const dir = cgroup.ownCgroup(read('cgroup'), read('mountinfo'))
    skip(dir === null, 'no cgroup v2 is mounted here')
    expect(cgroup.cgroupPids(dir!)).toContain(process.pid)
  })

  test('is looked for without a trace', ({ skip }) => {
    const parent = cgroup.findCgroupParent()
    skip(parent === null, 'no cgroup v2 can be made here')
    expect(readdirSync(parent!)).not.toContain(`breakglass.probe.${process.pid}`)
    expect(cgroup.cgroupPids(parent!)).toContain(process.pid)
  })
})

describe('a turn’s cgroup', () => {
  test('holds a tool that has cut every other tie, and not its supervisor', async ({ skip }) => {
    const { parent, name, dir } = testCgroup(skip)
    const options = { ...runOptions('daemon'), cgroup: { parent, name } }
    const leaf = await leafOf(options)
    const agent = readPid(options.dir, 'agent')!
    // A child of nobody, in a session of its own.
    await until(() => expect(readProcess(leaf.pid)).toMatchObject({ parent: 1, session: leaf.pid }))
    expect(readFileSync(`/proc/${leaf.pid}/environ`, 'latin1')).not.toContain('BREAKGLASS')
    expect(cgroup.cgroupPids(dir).sort()).toEqual([agent, leaf.pid].sort())
    expect(cgroup.cgroupPids(dir)).not.toContain(shimOf(options.dir).pid)
  })

  test('is ended in one step, with what is below it', async ({ skip }) => {
    const { parent, name, dir } = testCgroup(skip)
    const options = { ...runOptions('daemon'), cgroup: { parent, name } }
    const leaf = await leafOf(options)
    const below = cgroup.makeCgroup(dir, 'below')
    writeFileSync(join(below, 'cgroup.procs'), String(leaf.pid))
    expect(cgroup.cgroupPids(dir)).toContain(leaf.pid)
    cgroup.killCgroup(dir)
    await until(() => expect(isAlive(leaf)).toBe(false))
    await until(() => expect(cgroup.cgroupPids(dir)).toEqual([]))
  })

  test('is removed with what an agent made in it, once nobody lives there', async ({ skip }) => {
    const { parent, name, dir } = testCgroup(skip)
    cgroup.makeCgroup(parent, name)
    cgroup.makeCgroup(cgroup.makeCgroup(dir, 'a'), 'b')
    const inhabitant = spawn('sleep', ['600'], { stdio: 'ignore' })
    await once(inhabitant, 'spawn')
    own(inhabitant.pid!)
    writeFileSync(join(dir, 'a', 'cgroup.procs'), String(inhabitant.pid))
    cgroup.removeCgroup(dir)
    expect(existsSync(join(dir, 'a'))).toBe(true)
    expect(cgroup.cgroupPids(dir)).toEqual([inhabitant.pid])
    inhabitant.kill('SIGKILL')
    await once(inhabitant, 'exit')
    await until(() => {
      cgroup.removeCgroup(dir)
      expect(existsSync(dir)).toBe(false)
    })
  })

  test('that is there already is made again without harm', ({ skip }) => {
    const { parent, name, dir } = testCgroup(skip)
    expect(cgroup.makeCgroup(parent, name)).toBe(dir)
    expect(cgroup.makeCgroup(parent, name)).toBe(dir)
  })

  test('that is gone has nobody in it, and may be ended and removed', () => {
    const dir = join(tempDir(), 'gone')
    expect(cgroup.cgroupPids(dir)).toEqual([])
    cgroup.killCgroup(dir)
    cgroup.removeCgroup(dir)
    expect(existsSync(dir)).toBe(false)
  })
})

test('of what crashes have left, that goes which is ours, old and empty', () => {
  const parent = tempDir()
  for (const name of ['breakglass.old', 'breakglass.young', 'breakglass.full', 'other.old'])
    mkdirSync(join(parent, name))
  // To rmdir(2), what an inhabited cgroup is: not empty.
  writeFileSync(join(parent, 'breakglass.full', 'inhabitant'), '')
  mkdirSync(join(parent, 'breakglass.old', 'below'))
  const longAgo = new Date(Date.now() - 61_000)
  for (const name of ['breakglass.old', 'breakglass.full', 'other.old'])
    utimesSync(join(parent, name), longAgo, longAgo)
  cgroup.removeEmptyCgroups(parent, 60_000)
  expect(readdirSync(parent).sort()).toEqual(['breakglass.full', 'breakglass.young', 'other.old'])
})
