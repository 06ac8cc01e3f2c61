import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkSurroundings, readSurroundings, type Surroundings, unitOf } from '../../src/cli/surroundings.ts'

const OUTSIDE: Surroundings = { pid: 4711, cgroups: '0::/user.slice\n', askSystemd: async () => '' }
const under = (cgroups: string, answer: string | Error, asked: string[][] = []): Surroundings => ({
  ...OUTSIDE,
  cgroups,
  async askSystemd(args) {
    asked.push(args)
    if (answer instanceof Error) throw answer
    return answer
  },
})
const UNIT = '0::/system.slice/breakglass.service\n'

describe('the unit that a server runs under', () => {
  it.each([
    ['0::/system.slice/breakglass.service\n', { name: 'breakglass.service', ofUser: false }],
    // A turn's cgroup or a delegated one lies below the unit's.
    ['0::/system.slice/breakglass.service/supervisor\n', { name: 'breakglass.service', ofUser: false }],
    [
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/breakglass.service\n',
      { name: 'breakglass.service', ofUser: true },
    ],
    [
      '5:cpu:/\n1:name=systemd:/system.slice/b.service\n0::/system.slice/b.service\n',
      { name: 'b.service', ofUser: false },
    ],
    // A terminal, a login, a container, another controller.
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope\n', null],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', null],
    ['0::/\n', null],
    ['5:cpu:/system.slice/other.service\n', null],
    ['', null],
  ])('is read from %j', (cgroups, unit) => {
    expect(unitOf(cgroups)).toEqual(unit)
  })
})

describe('a server that starts', () => {
  it('has nothing to say outside of a unit', async () => {
    expect(await checkSurroundings(OUTSIDE)).toEqual([])
  })

  it('has nothing to say of a unit that spares its turns', async () => {
    const asked: string[][] = []
    expect(await checkSurroundings(under(UNIT, 'KillMode=process\nDelegate=yes\n', asked))).toEqual([])
    expect(asked).toEqual([
      ['show', '--property=KillMode', '--property=Delegate', '--', 'breakglass.service'],
    ])
  })

  it('warns of a unit that would kill its turns, by every mode that does', async () => {
    for (const mode of ['control-group', 'mixed'])
      expect(await checkSurroundings(under(UNIT, `KillMode=${mode}\nDelegate=yes\n`))).toEqual([
        `stopping or restarting breakglass.service kills its turns (KillMode=${mode}): set KillMode=process`,
      ])
  })

  it('warns of a unit that has no cgroups for its turns', async () => {
    expect(await checkSurroundings(under(UNIT, 'KillMode=process\nDelegate=no\n'))).toEqual([
      'breakglass.service has no cgroups for its turns: set Delegate=yes',
    ])
  })

  it('asks the manager of the user for a unit of the user', async () => {
    const asked: string[][] = []
    const cgroups = '0::/user.slice/user-1.slice/user@1.service/app.slice/b.service\n'
    await checkSurroundings(under(cgroups, 'KillMode=process\nDelegate=yes\n', asked))
    expect(asked[0]![0]).toBe('--user')
  })

  it('says so when systemd does not answer', async () => {
    const [warning] = await checkSurroundings(under(UNIT, new Error('no bus')))
    expect(warning).toContain('systemd did not say')
  })

  it('warns when it is process 1', async () => {
    expect(await checkSurroundings({ ...OUTSIDE, pid: 1 })).toMatchObject([expect.stringContaining('--init')])
  })

  it('asks systemctl itself', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'breakglass-systemctl-'))
    const path = process.env.PATH
    onTestFinished(() => {
      process.env.PATH = path
      rmSync(dir, { recursive: true })
    })
    writeFileSync(join(dir, 'systemctl'), '#!/bin/sh\necho "KillMode=$#"\n')
    chmodSync(join(dir, 'systemctl'), 0o755)
    process.env.PATH = `${dir}:${path}`
    const surroundings = readSurroundings()
    expect(surroundings.pid).toBe(process.pid)
    expect(await surroundings.askSystemd(['show', 'x'])).toBe('KillMode=2\n')
  })
})
