/** `breakglass pair`, and what a server shows at its start, as an operator meets them: one real process each. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { tempDir } from '../runtime/temp-dir.ts'
import { MAIN, MAIN_ENV } from '../support/program.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

async function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, 'pair'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...MAIN_ENV, HOME: tempDir(), ...env },
  })
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}

/** Nothing else: where it listens, and how, is the server's to say. */
const settingsOf = (server: TestServer) => ({ BREAKGLASS_DATA_DIR: server.dataDir })

test('it shows a code of the server that runs, with which a device comes in', async () => {
  await using server = await startServer()
  const { code, stdout } = await run(settingsOf(server))
  expect(code).toBe(0)
  const [, url, pairing] = /(http:\S+\/pair)#(\S+)/.exec(stdout)!
  expect(url).toBe(`${server.url}/pair`)
  const login = await server.post('/api/login', { code: pairing, name: 'phone' })
  expect(login).toMatchObject({ status: 201, body: { name: 'phone' } })
})

test('its link leads to where the operator says that phones come in', async () => {
  const publicUrl = { BREAKGLASS_PUBLIC_URL: 'https://breakglass.example' }
  await using server = await startServer(publicUrl)
  const { stdout } = await run(settingsOf(server))
  expect(stdout).toMatch(/https:\/\/breakglass\.example\/pair#/)
  // By that name the server is asked, then.
  const answer = await server.get('/healthz', { host: 'breakglass.example' })
  expect(answer.status).toBe(200)
})

test('over TLS the cookie is this origin’s alone', async () => {
  await using server = await startServer({ BREAKGLASS_TLS_SELF_SIGNED: 'on' })
  const { code, stdout, stderr } = await run(settingsOf(server))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const body = JSON.stringify({ code: /(?<=https:\S+#)\S+/.exec(stdout)![0], name: 'phone' })
  const login = await server.post('/api/login', body)
  expect(login.status).toBe(201)
  expect(login.headers.getSetCookie().join()).toMatch(
    /^__Host-breakglass=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
})

test('it is on record as the terminal’s, and needs no token', async () => {
  await using server = await startServer()
  const token = server.token()
  rmSync(join(server.dataDir, 'token'))
  expect((await run(settingsOf(server))).code).toBe(0)
  writeFileSync(join(server.dataDir, 'token'), token, { mode: 0o600 })
  const { records } = (await server.get('/api/audit?limit=1')).body
  expect(records).toMatchObject([{ action: 'pair', caller: 'terminal', address: 'local', outcome: 'ok' }])
})

test('where no server runs it says so in one line, and nothing to whoever has its port', async () => {
  await using server = await startServer()
  const settings = { ...settingsOf(server), BREAKGLASS_PORT: new URL(server.url).port }
  // Its socket stays where it was, with nobody behind it.
  await server.kill()
  let asked = 0
  const squatter = createServer((socket) => {
    asked++
    socket.destroy()
  }).listen(Number(settings.BREAKGLASS_PORT), '127.0.0.1')
  await once(squatter, 'listening')
  const { code, stdout, stderr } = await run(settings)
  squatter.close()
  expect({ code, stdout, asked }).toEqual({ code: 1, stdout: '', asked: 0 })
  expect(stderr).toMatch(/^breakglass: no server answers that uses .*\n$/)
})

test('without a data directory it says so in one line, and makes none', async () => {
  const dir = join(tempDir(), 'missing')
  const { code, stderr } = await run({ BREAKGLASS_DATA_DIR: dir })
  expect(code).toBe(2)
  expect(stderr).toMatch(/^breakglass: BREAKGLASS_DATA_DIR: .*missing.* must be .*\n$/)
  expect(existsSync(dir)).toBe(false)
})

test.runIf(process.geteuid!() === 0)('a data directory of another user’s is not asked', async () => {
  const dir = tempDir()
  const asked = await new Promise<boolean>((resolve, reject) => {
    const squatter = createServer((socket) => {
      socket.end(JSON.stringify({ url: 'http://evil.example/pair#', code: 'AAAAA-AAAAA', expiresAt: '' }))
      resolve(true)
    }).listen(join(dir, 'pair.sock'))
    chownSync(dir, 65_534, 65_534)
    run({ BREAKGLASS_DATA_DIR: dir }).then(({ code, stderr }) => {
      squatter.close()
      expect(code).toBe(2)
      expect(stderr).toContain('belongs to another user')
      resolve(false)
    }, reject)
  })
  expect(asked).toBe(false)
})

test('the way to the data directory may be longer than a socket’s path can be', async () => {
  const dataDir = join(tempDir(), 'x'.repeat(200))
  await using server = await startServer({ BREAKGLASS_DATA_DIR: dataDir })
  expect((await run(settingsOf(server))).code).toBe(0)
  expect(statSync(join(dataDir, 'pair.sock')).mode & 0o777).toBe(0o600)
  await server.stop()
  expect(existsSync(join(dataDir, 'pair.sock'))).toBe(false)
})

test('a server that can have no socket serves all the same, and says so', async () => {
  const dataDir = tempDir()
  mkdirSync(join(dataDir, 'pair.sock'))
  await using server = await startServer({ BREAKGLASS_DATA_DIR: dataDir })
  expect((await server.get('/healthz')).status).toBe(200)
  await until(() => expect(server.stderr).toContain('breakglass pair will get no answer'))
  expect((await run(settingsOf(server))).code).toBe(1)
})

test('a server says at its start how to pair: to a terminal with a code, to a log without', async () => {
  await using server = await startServer()
  await until(() => expect(server.stderr).toContain('pair a phone:  breakglass pair'))
  expect(server.stderr).not.toContain('/pair#')

  const dataDir = tempDir()
  const env = { ...MAIN_ENV, HOME: dataDir, BREAKGLASS_DATA_DIR: dataDir, BREAKGLASS_PORT: '0' }
  // script(1) gives it a terminal.
  const child = spawn('script', ['-qec', `'${process.execPath}' '${MAIN}' serve`, '/dev/null'], { env })
  let shown = ''
  child.stdout.on('data', (data) => {
    shown += data
  })
  await until(() => expect(shown).toMatch(/█.*\/pair#\w{5}-\w{5}/s))
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
})
