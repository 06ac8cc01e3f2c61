import { chmodSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readSettings } from '../../src/cli/settings.ts'
import { describeSettings, SettingError } from '../../src/cli/settings-table.ts'
import { tempDir } from '../runtime/temp-dir.ts'

/** A config file, and the environment that names it. */
function config(content: unknown, env: Record<string, string> = {}) {
  const path = join(tempDir(), 'config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return { path, env: { BREAKGLASS_CONFIG: path, ...env } }
}

const none = () => config({}).env

/** The message of the error that these settings give: one line, always. */
function refusal(args: string[], env: NodeJS.ProcessEnv = none()): string {
  try {
    readSettings(args, env)
  } catch (error) {
    expect(error).toBeInstanceOf(SettingError)
    const { message } = error as Error
    expect(message.split(/[\r\n\u2028\u2029]/), message).toHaveLength(1)
    return message
  }
  throw new Error('the settings were accepted')
}

test('without anything set, the defaults hold', () => {
  vi.stubEnv('XDG_CONFIG_HOME', tempDir())
  const settings = readSettings([], {})
  vi.unstubAllEnvs()
  const dataDir = join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'breakglass')
  expect(settings).toEqual({
    ...{
      inspectStately: null,
      host: '127.0.0.1',
      port: 7433,
      dataDir,
      token: null,
      tokenFile: join(dataDir, 'token'),
    },
    ...{ claudeBin: 'claude', turnTimeoutMs: 900_000, keepaliveMs: 15_000, killGraceMs: 5_000, maxTurns: 8 },
    ...{ stallNoticeMs: 300_000, stallKillMs: null, outputBytesMax: 4_096 * 2 ** 20, cgroups: true },
    ...{ allowedHosts: [], tlsCert: null, tlsKey: null, tlsSelfSigned: false, behindProxy: [] },
    ...{ publicUrl: null, basePath: '' },
    approvalTimeoutMs: 1_800_000,
    leftovers: { ended: 'report', stopped: 'kill' },
    queueAfterCancel: 'hold',
    ...{ permissionMode: 'ask', workspaceRoots: [], agentEnv: [] },
  })
})

/** Each setting: its flag, its variable, its key, two texts for it, and what they mean. */
const SETTINGS = [
  ['host', 'HOST', 'host', ['::1', '0.0.0.0'], 'host', ['::1', '0.0.0.0']],
  ['port', 'PORT', 'port', ['0', '65535'], 'port', [0, 65_535]],
  [
    'public-url',
    'PUBLIC_URL',
    'publicUrl',
    ['https://a.example', 'http://[::1]:7433'],
    'publicUrl',
    ['https://a.example', 'http://[::1]:7433'],
  ],
  ['base-path', 'BASE_PATH', 'basePath', ['/a', '/a/b'], 'basePath', ['/a', '/a/b']],
  [
    'inspect-stately',
    'INSPECT_STATELY',
    'inspectStately',
    ['ws://127.0.0.1:8080', 'ws://[::1]:1/'],
    'inspectStately',
    ['ws://127.0.0.1:8080', 'ws://[::1]:1/'],
  ],
  [
    'allowed-hosts',
    'ALLOWED_HOSTS',
    'allowedHosts',
    ['a.example,B:8443,[::2]:1', ''],
    'allowedHosts',
    [['a.example', 'b:8443', '[::2]:1'], []],
  ],
  ['tls-cert', 'TLS_CERT', 'tlsCert', ['/c', 'c'], 'tlsCert', ['/c', resolve('c')]],
  ['tls-key', 'TLS_KEY', 'tlsKey', ['/k', 'k'], 'tlsKey', ['/k', resolve('k')]],
  ['tls-self-signed', 'TLS_SELF_SIGNED', 'tlsSelfSigned', ['on', 'off'], 'tlsSelfSigned', [true, false]],
  [
    'behind-proxy',
    'BEHIND_PROXY',
    'behindProxy',
    ['10.0.0.1,::2', ''],
    'behindProxy',
    [['10.0.0.1', '::2'], []],
  ],
  ['data-dir', 'DATA_DIR', 'dataDir', ['/a', 'b'], 'dataDir', ['/a', resolve('b')]],
  ['token-file', 'TOKEN_FILE', 'tokenFile', ['/t', 't'], 'tokenFile', ['/t', resolve('t')]],
  ['claude-bin', 'CLAUDE_BIN', 'claudeBin', ['claude2', './c'], 'claudeBin', ['claude2', resolve('c')]],
  ['turn-timeout-s', 'TURN_TIMEOUT_S', 'turnTimeoutS', ['1.5', '0'], 'turnTimeoutMs', [1_500, null]],
  ['stall-notice-s', 'STALL_NOTICE_S', 'stallNoticeS', ['1.5', '0'], 'stallNoticeMs', [1_500, null]],
  [
    'approval-timeout-s',
    'APPROVAL_TIMEOUT_S',
    'approvalTimeoutS',
    ['1.5', '0'],
    'approvalTimeoutMs',
    [1_500, null],
  ],
  ['stall-kill-s', 'STALL_KILL_S', 'stallKillS', ['1.5', '0'], 'stallKillMs', [1_500, null]],
  ['output-max-mib', 'OUTPUT_MAX_MIB', 'outputMaxMib', ['1', '2'], 'outputBytesMax', [2 ** 20, 2 ** 21]],
  ['leftovers', 'LEFTOVERS', 'leftovers', ['kill', 'keep'], 'leftovers.ended', ['kill', 'keep']],
  [
    'leftovers-stopped',
    'LEFTOVERS_STOPPED',
    'leftoversStopped',
    ['report', 'keep'],
    'leftovers.stopped',
    ['report', 'keep'],
  ],
  [
    'queue-after-cancel',
    'QUEUE_AFTER_CANCEL',
    'queueAfterCancel',
    ['run', 'hold'],
    'queueAfterCancel',
    ['run', 'hold'],
  ],
  ['cgroup', 'CGROUP', 'cgroup', ['off', 'auto'], 'cgroups', [false, true]],
  ['keepalive-s', 'KEEPALIVE_S', 'keepaliveS', ['0.05', '60'], 'keepaliveMs', [50, 60_000]],
  ['kill-grace-s', 'KILL_GRACE_S', 'killGraceS', ['0', '2'], 'killGraceMs', [0, 2_000]],
  ['max-turns', 'MAX_TURNS', 'maxTurns', ['1', '10000'], 'maxTurns', [1, 10_000]],
  [
    'permission-mode',
    'PERMISSION_MODE',
    'permissionMode',
    ['bypass', 'acceptEdits'],
    'permissionMode',
    ['bypass', 'acceptEdits'],
  ],
  [
    'workspace-roots',
    'WORKSPACE_ROOTS',
    'workspaceRoots',
    ['/a:/b c:', ''],
    'workspaceRoots',
    [['/a', '/b c'], []],
  ],
  ['agent-env', 'AGENT_ENV', 'agentEnv', ['A,_B2', 'C'], 'agentEnv', [['A', '_B2'], ['C']]],
] as const

test.for(SETTINGS)(
  '%s can be set by flag, by BREAKGLASS_%s and by the key %s',
  ([flag, variable, key, texts, name, values]) => {
    for (const [index, text] of texts.entries()) {
      const value = values[index]
      expect(readSettings([`--${flag}=${text}`], none())).toHaveProperty(name, value)
      expect(readSettings([], config({ [key]: text }).env)).toHaveProperty(name, value)
      if (text !== '')
        expect(readSettings([], { ...none(), [`BREAKGLASS_${variable}`]: text })).toHaveProperty(name, value)
    }
  },
)

test.for(SETTINGS)(
  'for %s, the flag wins over BREAKGLASS_%s, and that over the key %s',
  ([flag, variable, key, [first, second], name, [one]]) => {
    const { env } = config({ [key]: second })
    expect(readSettings([], { ...env, [`BREAKGLASS_${variable}`]: first })).toHaveProperty(name, one)
    const environment = second === '' ? {} : { [`BREAKGLASS_${variable}`]: second }
    expect(readSettings([`--${flag}`, first], { ...env, ...environment })).toHaveProperty(name, one)
  },
)

test('in the file, numbers may be numbers and lists lists', () => {
  const { env } = config({
    port: 1234,
    turnTimeoutS: 0.5,
    workspaceRoots: ['/a', '/b'],
    agentEnv: ['A', 'B'],
  })
  expect(readSettings([], env)).toMatchObject({
    ...{ port: 1234, turnTimeoutMs: 500, workspaceRoots: ['/a', '/b'], agentEnv: ['A', 'B'] },
  })
})

test('an empty variable is one that is not set', () => {
  expect(
    readSettings([], { ...config({ port: 1 }).env, BREAKGLASS_PORT: '', BREAKGLASS_HOST: '' }),
  ).toMatchObject({
    ...{ port: 1, host: '127.0.0.1' },
  })
})

test('seconds become whole milliseconds', () => {
  for (const [text, ms] of [
    ['1.001', 1_001],
    ['4.035', 4_035],
    ['0.069', 69],
  ] as const)
    expect(readSettings([`--turn-timeout-s=${text}`], none()).turnTimeoutMs).toBe(ms)
})

test('the config file is found by flag, by variable, or where it usually is', () => {
  const [flag, variable] = [config({ port: 1 }), config({ port: 2 })]
  expect(readSettings(['--config', flag.path], variable.env).port).toBe(1)
  expect(readSettings([], variable.env).port).toBe(2)
})

test.for([
  [
    '--port',
    'BREAKGLASS_PORT',
    ['-1', '65536', '1.5', 'x', '', ' 80', '0x50', '1e3', '٣', '80\n'],
    'a whole number from 0 to 65535',
  ],
  ['--max-turns', 'BREAKGLASS_MAX_TURNS', ['0', '10001', '8.0'], 'a whole number from 1 to 10000'],
  [
    '--turn-timeout-s',
    'BREAKGLASS_TURN_TIMEOUT_S',
    ['-1', '2000001', 'never', 'Infinity', '1e9', '.5'],
    'a number of seconds from 0 to 2000000',
  ],
  [
    '--keepalive-s',
    'BREAKGLASS_KEEPALIVE_S',
    ['0', '0.049', '3601'],
    'a number of seconds from 0.05 to 3600',
  ],
  ['--kill-grace-s', 'BREAKGLASS_KILL_GRACE_S', ['3601', 'NaN'], 'a number of seconds from 0 to 3600'],
  [
    '--permission-mode',
    'BREAKGLASS_PERMISSION_MODE',
    ['Ask', 'bypassPermissions', ''],
    'one of ask, acceptEdits, bypass',
  ],
  [
    '--workspace-roots',
    'BREAKGLASS_WORKSPACE_ROOTS',
    ['relative', '/a:b', '~/x'],
    'absolute paths, separated by ":"',
  ],
  [
    '--agent-env',
    'BREAKGLASS_AGENT_ENV',
    ['A B', '1A', 'A=1', 'A,B-C'],
    'names of variables, separated by ","',
  ],
  ['--host', 'BREAKGLASS_HOST', [''], 'a text that is not empty'],
  [
    '--base-path',
    'BREAKGLASS_BASE_PATH',
    ['a', '/', '/a/', '/a//b', '/../a', '/a?b'],
    'a path of plain segments, like /ops/breakglass',
  ],
  [
    '--inspect-stately',
    'BREAKGLASS_INSPECT_STATELY',
    [
      ...['on', 'wss://127.0.0.1:1', 'ws://stately.ai', 'ws://127.0.0.1.example:1', 'ws://127.0.0.1:1/x'],
      ...['ws://u@127.0.0.1:1', 'ws://127.0.0.1:99999'],
    ],
    'ws://127.0.0.1:PORT, a bridge on this machine',
  ],
  [
    '--public-url',
    'BREAKGLASS_PUBLIC_URL',
    [
      'a.example',
      'https://a.example/',
      'https://a.example/x',
      'https://u:p@a.example',
      'HTTPS://a',
      'ftp://a',
    ],
    'an origin, like https://breakglass.example:8443',
  ],
  [
    '--allowed-hosts',
    'BREAKGLASS_ALLOWED_HOSTS',
    ['a.example.', 'http://a', '*.a', 'a b', 'a:', 'a/b', '::1'],
    'names of hosts, each with a port or for any, separated by ","',
  ],
  ['--tls-self-signed', 'BREAKGLASS_TLS_SELF_SIGNED', ['yes', 'ON'], 'one of on, off'],
  [
    '--behind-proxy',
    'BREAKGLASS_BEHIND_PROXY',
    ['proxy', 'loopback', '10.0.0.0/8', '1.2.3'],
    'IP addresses, separated by ","',
  ],
] as const)(
  'what %s does not take is refused in one line, with the setting, the value and what is allowed',
  ([flag, variable, texts, allowed]) => {
    for (const text of texts) {
      const message = refusal([`${flag}=${text}`])
      expect(message).toContain(variable)
      expect(message).toContain(`"${text.replace(/\s+/g, ' ')}"`)
      expect(message).toContain(`it must be ${allowed}`)
      if (text !== '') expect(refusal([], { ...none(), [variable]: text })).toBe(message)
    }
  },
)

test('a flag that is not known, or has no value, or stands alone, is refused', () => {
  expect(refusal(['--prot=1'])).toContain("'--prot'")
  expect(refusal(['--port'])).toContain('--port')
  expect(refusal(['extra'])).toContain("'extra'")
  expect(refusal(['--host', '--port', '1'])).toContain('--host')
})

test('what is refused is told in one line, however many it has itself', () => {
  for (const text of ['a\nb', 'a\r\nb', '\u2028']) {
    expect(refusal([text])).toContain('see breakglass --help')
    expect(refusal([`--${text}=1`])).toContain('see breakglass --help')
    expect(refusal(['--config', text])).toContain('cannot be read')
    expect(refusal([], config({ [text]: 1 }).env)).toContain('is no setting')
  }
})

test('a key that is not known is refused, with those that are', () => {
  const { path, env } = config({ 'max-turns': 3 })
  const message = refusal([], env)
  expect(message).toContain(`${path}: "max-turns" is no setting`)
  expect(message).toContain('maxTurns')
  for (const key of ['__proto__', 'toString', 'Port'])
    expect(refusal([], config(`{"${key}":"x"}`).env)).toContain(key)
})

test('a file that is no JSON object is refused', () => {
  for (const content of ['', '{', '[]', 'null', '"text"', '{"port":1}}']) {
    const { path, env } = config(content)
    expect(refusal([], env)).toBe(`${path}: the content is not allowed; it must be one JSON object`)
  }
})

test('a file that was named must be there, and be a file', () => {
  const missing = join(tempDir(), 'missing.json')
  for (const path of [missing, tempDir()]) {
    expect(refusal(['--config', path])).toContain(`"${path}" cannot be read`)
    expect(refusal([], { BREAKGLASS_CONFIG: path })).toContain('BREAKGLASS_CONFIG')
  }
})

// `"token": null` must not make the word "null" the token.
test.for(['null', 'true', '{}', '["/a"]', '{"toString":"x"}'])(
  '%s in the file is refused for a text',
  (value) => {
    for (const key of ['token', 'host', 'dataDir'])
      expect(refusal([], config(`{"${key}":${value}}`).env)).toContain(key)
  },
)

test('a file with a token is nobody else’s to read; any other may be', () => {
  const { path, env } = config({ token: 'x'.repeat(32) })
  chmodSync(path, 0o644)
  expect(refusal([], env)).toContain(`BREAKGLASS_CONFIG: "${path}" is not allowed (${path} is open to others`)
  const other = config({ port: 1 })
  chmodSync(other.path, 0o644)
  expect(readSettings([], other.env).port).toBe(1)
})

test('the token is a variable or a key, and no flag: every user can read a command line', () => {
  const [one, other] = ['1'.repeat(32), '2'.repeat(40)]
  const { env } = config({ token: one })
  expect(readSettings([], env).token).toBe(one)
  expect(readSettings([], { ...env, BREAKGLASS_TOKEN: other }).token).toBe(other)
  expect(refusal([`--token=${one}`])).toContain('BREAKGLASS_TOKEN: what was given is not allowed as a flag')
})

test('a token that could be guessed is refused', () => {
  expect(refusal([], { ...none(), BREAKGLASS_TOKEN: 'x'.repeat(31) })).toContain('32 or more characters')
})

test('the token is in no message and in no help', () => {
  const token = 'S3CRET-T0KEN'
  const cases: [string[], NodeJS.ProcessEnv][] = [
    [[`--token=${token}`, '--port=x'], none()],
    [['--port=x'], { ...none(), BREAKGLASS_TOKEN: token }],
    [['--port=x'], config({ token }).env],
    [[`--token=${token}`, '--unknown'], none()],
    [[], config(`{"token":"${token}",}`).env],
    [[], config({ token, other: 1 }).env],
    [[], config({ token: [token] }).env],
  ]
  for (const [args, env] of cases) expect(refusal(args, env)).not.toContain(token)
  expect(describeSettings()).not.toContain(token)
})

test('the help names every flag with its variable', () => {
  const help = describeSettings()
  for (const [flag, variable] of SETTINGS)
    expect(help).toMatch(new RegExp(`^  --${flag} +BREAKGLASS_${variable} +\\S`, 'm'))
  expect(help).toMatch(/^ +BREAKGLASS_TOKEN +\S/m)
  expect(help.split('\n')).toHaveLength(SETTINGS.length + 1)
})
