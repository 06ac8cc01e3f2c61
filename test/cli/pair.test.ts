/** `breakglass pair`, and what a server shows at its start, as an operator meets them: one real process each. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { tempDir } from '../runtime/temp-dir.ts'
import { until } from '../runtime/until.ts'
import { startServer, type TestServer } from '../support/server.ts'

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')

async function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, 'pair'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: tempDir(), ...env },
  })
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}

const settingsOf = (server: TestServer) => ({
  BREAKGLASS_DATA_DIR: server.dataDir,
  BREAKGLASS_PORT: new URL(server.url).port,
})

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
  const { stdout } = await run({ ...settingsOf(server), ...publicUrl })
  expect(stdout).toMatch(/https:\/\/breakglass\.example\/pair#/)
  // By that name the server is asked, then.
  const answer = await server.get('/healthz', { host: 'breakglass.example' })
  expect(answer.status).toBe(200)
})

test('over TLS it trusts the certificate of this server alone, and the cookie is this origin’s alone', async () => {
  await using server = await startServer({ BREAKGLASS_TLS_SELF_SIGNED: 'on' })
  const tls = { ...settingsOf(server), BREAKGLASS_TLS_SELF_SIGNED: 'on' }
  const { code, stdout, stderr } = await run(tls)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const body = JSON.stringify({ code: /#(\S+)/.exec(stdout)![1], name: 'phone' })
  const login = await server.post('/api/login', body)
  expect(login.status).toBe(201)
  expect(login.headers.getSetCookie().join()).toMatch(
    /^__Host-breakglass=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )

  await using other = await startServer({ BREAKGLASS_TLS_SELF_SIGNED: 'on' })
  const wrong = await run({ ...tls, BREAKGLASS_PORT: new URL(other.url).port })
  // It does not get as far as to show it the token.
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('no server answers') })
})

test('without a server, without a token, or with a wrong one it says so in one line', async () => {
  await using server = await startServer()
  const settings = settingsOf(server)
  const nowhere = await run({ ...settings, BREAKGLASS_PORT: '1' })
  expect(nowhere).toMatchObject({ code: 1, stdout: '' })
  expect(nowhere.stderr).toMatch(/^breakglass: no server answers at http:\/\/127\.0\.0\.1:1: .*\n$/)
  const tokenless = await run({ ...settings, BREAKGLASS_DATA_DIR: tempDir() })
  expect(tokenless).toMatchObject({ code: 2, stdout: '' })
  expect(tokenless.stderr).toMatch(/^breakglass: BREAKGLASS_TOKEN_FILE: .* is not there; .*\n$/)
  const stranger = await run({ ...settings, BREAKGLASS_TOKEN: 'wrong'.repeat(8) })
  expect(stranger).toMatchObject({ code: 1, stdout: '' })
  expect(stranger.stderr).toMatch(/^breakglass: .*credential.*\n$/)
  expect(stranger.stderr).not.toContain('wrong')
})

test('a server says at its start how to pair: to a terminal with a code, to a log without', async () => {
  await using server = await startServer()
  await until(() => expect(server.stderr).toContain('pair a phone:  breakglass pair'))
  expect(server.stderr).not.toContain('/pair#')

  const dataDir = tempDir()
  const env = { PATH: process.env.PATH, HOME: dataDir, BREAKGLASS_DATA_DIR: dataDir, BREAKGLASS_PORT: '0' }
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
