/**
 * `breakglass serve`, but at the instant that stands in the file `armed` of its control directory it ends itself with
 * SIGKILL, or fills a disk. The file is called `hit` from then on, so that the same instant is gone past next time.
 * usage: node fail-point-server.ts    CHAOS_CONTROL_DIR and the settings of breakglass in the environment
 */
import { readFileSync, renameSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { prepare } from '../../src/cli/prepare.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { createServer } from '../../src/http/server.ts'
import type { FailPoint } from '../../src/runtime/fail-points.ts'
import { openRuntime } from '../../src/runtime/runtime.ts'
import { fillDisk } from './full-disk.ts'

const controlDir = process.env.CHAOS_CONTROL_DIR!
const armed = join(controlDir, 'armed')

function failPoint(point: FailPoint): void {
  let words: string[]
  try {
    words = readFileSync(armed, 'utf8').trim().split(' ')
  } catch {
    return
  }
  const [instant, action, disk] = words
  if (instant !== point) return
  renameSync(armed, join(controlDir, 'hit'))
  if (action === 'fill') fillDisk(disk!)
  // kill(2): a signal to oneself has come before the call returns.
  else process.kill(process.pid, 'SIGKILL')
}

const settings = readSettings([], process.env)
const { token } = prepare(settings)
const runtime = await openRuntime({
  ...settings,
  environment: process.env,
  failPoint,
  onFault: (error) => void process.stderr.write(`${error}\n`),
})
const app = await createServer({
  ...{ runtime, token, version: '0', keepaliveMs: settings.keepaliveMs },
  logger: { level: 'info', stream: process.stderr },
})
await app.listen({ host: settings.host, port: settings.port })
process.stdout.write(`listening on http://127.0.0.1:${(app.server.address() as AddressInfo).port}\n`)

process.on('SIGTERM', async () => {
  await app.close()
  await runtime.close()
  process.exit(0)
})
