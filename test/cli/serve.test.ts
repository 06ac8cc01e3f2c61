/** The command line as an operator meets it: one real process each. */
import { spawn, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { tempDir } from '../runtime/temp-dir.ts'
import { MAIN, MAIN_ENV } from '../support/program.ts'
import { script, startServer } from '../support/server.ts'
import { until } from '../support/until.ts'

/** Runs it to its end. */
async function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
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

test.for([
  ['a data directory that is a file', { BREAKGLASS_DATA_DIR: MAIN }, 'BREAKGLASS_DATA_DIR'],
  ['a data directory that nobody can make', { BREAKGLASS_DATA_DIR: '/proc/nowhere' }, 'BREAKGLASS_DATA_DIR'],
  [
    'a host that is no address of this machine',
    { BREAKGLASS_HOST: '192.0.2.1', BREAKGLASS_TLS_SELF_SIGNED: 'on' },
    'BREAKGLASS_HOST',
  ],
  [
    'a host that has no address',
    { BREAKGLASS_HOST: 'nowhere.invalid', BREAKGLASS_TLS_SELF_SIGNED: 'on' },
    'BREAKGLASS_HOST',
  ],
  ['a host beyond this machine in plain HTTP', { BREAKGLASS_HOST: '0.0.0.0' }, 'BREAKGLASS_HOST'],
  [
    'a certificate that is not there',
    { BREAKGLASS_TLS_CERT: '/nowhere', BREAKGLASS_TLS_KEY: '/nowhere' },
    'BREAKGLASS_TLS_CERT',
  ],
  ['a port that is none', { BREAKGLASS_PORT: '70000' }, 'BREAKGLASS_PORT'],
  ['a root that is not there', { BREAKGLASS_WORKSPACE_ROOTS: '/nowhere' }, 'BREAKGLASS_WORKSPACE_ROOTS'],
  ['a token file that is a directory', { BREAKGLASS_TOKEN_FILE: '/tmp' }, 'BREAKGLASS_TOKEN_FILE'],
  ['a token that no header can carry', { BREAKGLASS_TOKEN: 'a b' }, 'BREAKGLASS_TOKEN'],
] as const)('%s is told in one line, with exit code 2', async ([, env, setting]) => {
  const { code, stdout, stderr } = await run(['serve'], {
    BREAKGLASS_DATA_DIR: tempDir(),
    BREAKGLASS_PORT: '0',
    ...env,
  })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^breakglass: ${setting}: .* must be .*\\n$`))
})

test('a data directory that is open to others is told in one line, with exit code 2', async () => {
  const dir = tempDir()
  chmodSync(dir, 0o750)
  const { code, stderr } = await run(['serve'], { BREAKGLASS_DATA_DIR: dir, BREAKGLASS_PORT: '0' })
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /^breakglass: BREAKGLASS_DATA_DIR: .*open to others: its mode is 750.* must be .*\n$/,
  )
  expect(readdirSync(dir)).toEqual([])
})

/** What is in the data directory, and is made there otherwise. */
const OWN = [
  ...['sessions', 'workspaces', 'lock', 'breakglass.db', 'token', 'authorization'],
  ...['tls-cert.pem', 'tls-key.pem'],
]
const withTls = (dir: string) => ({
  ...{ BREAKGLASS_DATA_DIR: dir, BREAKGLASS_PORT: '0', BREAKGLASS_TLS_SELF_SIGNED: 'on' },
})

test.for(OWN)(
  'a link in place of %s keeps it from starting, and nothing is written through it',
  async (name) => {
    const [dir, elsewhere] = [tempDir(), tempDir()]
    const target = join(elsewhere, 'there')
    if (['sessions', 'workspaces'].includes(name)) mkdirSync(target, { mode: 0o700 })
    else writeFileSync(target, '', { mode: 0o600 })
    symlinkSync(target, join(dir, name))
    const { code, stderr } = await run(['serve'], withTls(dir))
    expect(code).not.toBe(0)
    expect(stderr).toMatch(new RegExp(`^breakglass: .*${join(dir, name)} is a link.*\\n$`))
    expect(readdirSync(elsewhere, { recursive: true })).toEqual(['there'])
    if (statSync(target).isFile()) expect(readFileSync(target, 'utf8')).toBe('')
  },
)

const NOBODY = 65_534

test.runIf(process.getuid!() === 0).for(['.', ...OWN])(
  'what belongs to another user in place of %s keeps it from starting',
  async (name) => {
    await using server = await startServer({ BREAKGLASS_TLS_SELF_SIGNED: 'on' })
    await server.stop()
    const path = join(server.dataDir, name)
    chownSync(path, NOBODY, NOBODY)
    const { code, stderr } = await run(['serve'], withTls(server.dataDir))
    chownSync(path, 0, 0)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/^breakglass: .* belongs to another user.*\n$/)
  },
)

test.for(OWN)('%s that is open to others keeps it from starting', async (name) => {
  await using server = await startServer({ BREAKGLASS_TLS_SELF_SIGNED: 'on' })
  await server.stop()
  const path = join(server.dataDir, name)
  const { mode } = statSync(path)
  chmodSync(path, 0o744)
  const { code, stderr } = await run(['serve'], withTls(server.dataDir))
  chmodSync(path, mode)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/^breakglass: .* is open to others.*\n$/)
})

test('a port that is in use is told in one line, with exit code 2', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, stderr } = await run(['serve'], {
    BREAKGLASS_DATA_DIR: tempDir(),
    BREAKGLASS_PORT: String(port),
  })
  other.close()
  expect(code).toBe(2)
  expect(stderr).toMatch(new RegExp(`BREAKGLASS_PORT: "${port}" is in use.*\\n$`))
})

test('the version and the help are for reading, and an unknown command is none', async () => {
  expect(await run(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  })
  expect(await run(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('BREAKGLASS_KILL_GRACE_S'),
  })
  expect(await run(['srve'])).toMatchObject({ code: 2, stdout: '' })
  expect(await run([])).toMatchObject({ code: 2, stdout: '' })
})

test('what it keeps is nobody else’s to read, whatever it is', async () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const dir = join(tempDir(), 'deep', 'er')
  await using server = await startServer({
    BREAKGLASS_DATA_DIR: dir,
    BREAKGLASS_TOKEN_FILE: join(dir, 'token'),
    BREAKGLASS_TLS_SELF_SIGNED: 'on',
  })
  setDefaultCACertificates([readFileSync(join(dir, 'tls-cert.pem'), 'utf8')])
  const { id } = await server.open()
  await server.prompt(id, script({ say: 'running' }, { hang: true }))
  const shell = await server.open({ agent: 'shell' })
  await server.prompt(shell.id, 'export A=1; exec sleep 1000')
  const path = (entry: { parentPath: string; name: string }) => join(entry.parentPath, entry.name)
  const found = await until(() => {
    const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
    // What both agents have by then, its supervisor's files included.
    expect(entries.filter(({ name }) => name === 'agent')).toHaveLength(2)
    return entries
  })
  const modes = found.map((entry) => [path(entry), (statSync(path(entry)).mode & 0o777).toString(8)])
  expect(modes.length).toBeGreaterThan(20)
  expect(modes.filter(([, mode], index) => mode !== (found[index]!.isDirectory() ? '700' : '600'))).toEqual(
    [],
  )
  expect(statSync(dir).mode & 0o777).toBe(0o700)
})

test('with a certificate of its own it serves beyond this machine, by https alone', async () => {
  await using server = await startServer({ BREAKGLASS_HOST: '0.0.0.0', BREAKGLASS_TLS_SELF_SIGNED: 'on' })
  const certificate = readFileSync(join(server.dataDir, 'tls-cert.pem'), 'utf8')
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  setDefaultCACertificates([certificate])
  expect(server.url).toMatch(/^https:\/\/localhost:\d+$/)
  const { status, headers } = await fetch(`${server.url}/healthz`)
  expect([status, headers.get('strict-transport-security')]).toEqual([200, 'max-age=31536000'])
  const { port } = new URL(server.url)
  expect((await fetch(`https://127.0.0.1:${port}/healthz`)).status).toBe(200)
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  await until(() => expect(server.stderr).toContain(new X509Certificate(certificate).fingerprint256))
  // And with it again after a restart.
  await server.stop()
  await server.start()
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
})

test('what it was given is shown in its messages, and not obeyed by a terminal', async () => {
  const { code, stderr } = await run(['serve', '--host', '\x1b[31m\u009b1m\u202e'])
  expect(code).toBe(2)
  expect(stderr).toContain('"\\u001b[31m\\u009b1m\\u202e"')
  expect(stderr).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u)
})

/** A machine may do without curl; CI installs it, and there nothing is left out. */
const hasCurl = spawnSync('curl', ['--version']).status === 0 || process.env.CI === 'true'

test.runIf(hasCurl)(
  'it prints commands that attach, ready to paste, and the token is in none of them, nor in what they run',
  async () => {
    await using server = await startServer({ BREAKGLASS_DATA_DIR: join(tempDir(), "it's here") })
    mkdirSync(join(server.dataDir, 'cwd'))
    const attach = await until(() => /A=@.*\/events$/m.exec(server.stderr)![0])
    expect(server.stderr).not.toContain(server.token())
    const child = spawn('/bin/sh', ['-c', attach], {
      cwd: join(server.dataDir, 'cwd'),
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    let seen = ''
    for await (const chunk of child.stdout) {
      seen += chunk
      if (seen.includes('event: caught-up')) break
    }
    const shown = commandLines()
    process.kill(-child.pid!, 'SIGTERM')
    expect(seen).toContain('"lastEventId":-1,"state":"idle"')
    expect(existsSync(join(server.dataDir, 'token'))).toBe(true)
    expect(shown.filter((line) => line.includes(server.url) && line.startsWith('curl'))).not.toEqual([])
    expect(shown.filter((line) => line.includes(server.token()))).toEqual([])
  },
)

/** What any user can read of every process. */
const commandLines = (): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : []
    } catch {
      return []
    }
  })

test('the header for curl is that of the token that counts, however it was given', async () => {
  const dataDir = tempDir()
  const header = () => readFileSync(join(dataDir, 'authorization'), 'utf8')
  const token = 'given'.repeat(8)
  const first = await startServer({ BREAKGLASS_DATA_DIR: dataDir })
  const made = header()
  expect(made).toBe(`Authorization: Bearer ${first.token()}\n`)
  await first.stop()
  const { ino } = statSync(join(dataDir, 'authorization'))
  const again = await startServer({ BREAKGLASS_DATA_DIR: dataDir })
  // Not written anew: there may be no room.
  expect(statSync(join(dataDir, 'authorization')).ino).toBe(ino)
  await again.stop()
  const second = await startServer({ BREAKGLASS_DATA_DIR: dataDir, BREAKGLASS_TOKEN: token })
  expect(header()).toBe(`Authorization: Bearer ${token}\n`)
  // Another server that does not get to start leaves it as it is.
  const third = await run(['serve'], { BREAKGLASS_DATA_DIR: dataDir, BREAKGLASS_PORT: '0' })
  expect(third).toMatchObject({ code: 1, stderr: expect.stringContaining('another server is using') })
  expect(header()).toBe(`Authorization: Bearer ${token}\n`)
  await second.stop()
})
