import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const PROJECT = resolve(import.meta.dirname, '../..')
const unit = readFileSync(join(PROJECT, 'packaging/breakglass.service'), 'utf8')

it('the unit spares the turns of a server that is stopped, and lets it divide its cgroup', () => {
  expect(unit).toMatch(/^KillMode=process$/m)
  expect(unit).toMatch(/^Delegate=yes$/m)
})

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0

it.skipIf(!analyze)('systemd understands every line of the unit', () => {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-unit-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  // As it would be installed: the program that it names must be there.
  const installed = unit.replaceAll('/opt/breakglass', PROJECT).replace('User=breakglass', 'User=root')
  const program = /^ExecStart=(\S+)/m.exec(installed)![1]!
  expect(existsSync(program)).toBe(true)
  writeFileSync(join(dir, 'breakglass.service'), installed)
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', join(dir, 'breakglass.service')], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
