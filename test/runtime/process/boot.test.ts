import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootId, uptimeMs } from '../../../src/runtime/process/boot.ts'
import { runScript } from '../node-script.ts'

const BOOT = join(import.meta.dirname, '../../../src/runtime/process/boot.ts')
const kernelBoot = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const PRINT = `import { bootId } from ${JSON.stringify(BOOT)}; console.log(bootId())`

test('this start of the machine is named by the kernel’s and by that of process 1, in one word', () => {
  const stat = readFileSync('/proc/1/stat', 'latin1')
  const startOfOne = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  expect(bootId()).toBe(`${kernelBoot()}.${startOfOne}`)
  expect(bootId()).toMatch(/^\S+$/)
  expect(bootId()).toBe(bootId())
})

test('every process of one start names it alike', async () => {
  expect((await runScript(PRINT)).out.trim()).toBe(bootId())
})

test('a container is another start than the machine, though the kernel is the same', async ({ skip }) => {
  const command = ['unshare', '--pid', '--fork', '--mount-proc']
  skip((await runScript('', { command })).code !== 0, 'needs a pid namespace, and so root')
  const { out } = await runScript(PRINT, { command })
  expect(out).toMatch(`${kernelBoot()}.`)
  expect(out.trim()).not.toBe(bootId())
})

test('where there is no /proc the start has no name', async ({ skip }) => {
  const command = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh']
  skip((await runScript('', { command })).code !== 0, 'needs a mount namespace, and so root')
  expect((await runScript(PRINT, { command })).out).toBe('-\n')
})

test('the uptime is the kernel’s, in whole milliseconds', () => {
  const kernelMs = () => Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1_000
  const before = kernelMs()
  const now = uptimeMs()
  expect(now).toBeGreaterThanOrEqual(Math.round(before))
  expect(now).toBeLessThanOrEqual(Math.round(kernelMs()))
  expect(Number.isInteger(now)).toBe(true)
})
