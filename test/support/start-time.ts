/** How long `npm start` takes until it serves, three times on a new data directory. Fails beyond the README's promise. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const START_MS_MAX = 2_000

for (let round = 1; round <= 3; round++) {
  const dataDir = mkdtempSync(join(tmpdir(), 'breakglass-start-'))
  const startedAt = performance.now()
  const child = spawn('npm', ['start', '--silent'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, BREAKGLASS_PORT: '0', BREAKGLASS_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const url = /http:\S+/.exec(line)![0]
  const token = readFileSync(join(dataDir, 'token'), 'utf8').trim()
  const answer = await fetch(`${url}/api/agents`, { headers: { authorization: `Bearer ${token}` } })
  const tookMs = Math.round(performance.now() - startedAt)
  const exited = once(child, 'exit')
  process.kill(-child.pid!, 'SIGTERM')
  await exited
  rmSync(dataDir, { recursive: true, force: true })
  process.stdout.write(`npm start answered ${answer.status} after ${tookMs} ms\n`)
  if (!answer.ok || tookMs > START_MS_MAX) process.exitCode = 1
}
