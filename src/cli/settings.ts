/** What an operator may set, in one table: flags win over the environment, that over the config file, over defaults. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PermissionMode } from '../machines/events.ts'

/** A setting that cannot be used: one line that names it, its value and what is allowed. */
export class SettingError extends Error {}

type Setting<T> = { env: string; help: string; fallback: string; parse: (text: string) => T; allowed: string }

const REFUSED = Symbol('refused')
const setting = <T>(
  env: string,
  fallback: string,
  allowed: string,
  parse: (text: string) => T | typeof REFUSED,
  help: string,
): Setting<T> => ({
  env,
  help,
  fallback,
  allowed,
  parse: (text) => {
    const value = parse(text)
    if (value === REFUSED) throw new SettingError(`${env}: "${text}" is not allowed; it must be ${allowed}`)
    return value
  },
})

const wholeNumber = (env: string, fallback: number, min: number, max: number, help: string) =>
  setting(
    env,
    String(fallback),
    `a whole number from ${min} to ${max}`,
    (text) => {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return number >= min && number <= max ? number : REFUSED
    },
    help,
  )

const seconds = (env: string, fallback: number, min: number, max: number, help: string) =>
  setting(
    env,
    String(fallback),
    `a number of seconds from ${min} to ${max}`,
    (text) => {
      const number = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
      return number >= min && number <= max ? number * 1_000 : REFUSED
    },
    help,
  )

const text = (env: string, fallback: string, help: string) =>
  setting(env, fallback, 'a text that is not empty', (value) => (value === '' ? REFUSED : value), help)

const list = (env: string, separator: string, allowed: RegExp, what: string, help: string) =>
  setting(
    env,
    '',
    what,
    (value) => {
      const items = value.split(separator).filter((item) => item !== '')
      return items.every((item) => allowed.test(item)) ? items : REFUSED
    },
    help,
  )

const PERMISSION_MODES: readonly PermissionMode[] = ['ask', 'acceptEdits', 'bypass']

const defaultDataDir = (): string =>
  join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'breakglass')
const defaultConfig = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'breakglass', 'config.json')

/** Flag names; a key of the config file is the same in camelCase. */
const SETTINGS = {
  host: text('BREAKGLASS_HOST', '127.0.0.1', 'address to listen on'),
  port: wholeNumber('BREAKGLASS_PORT', 7433, 0, 65_535, 'port to listen on; 0 for any that is free'),
  'data-dir': text('BREAKGLASS_DATA_DIR', defaultDataDir(), 'where everything is kept'),
  token: text('BREAKGLASS_TOKEN', '', 'the token itself; better in a file'),
  'token-file': text('BREAKGLASS_TOKEN_FILE', '', 'file that holds the token; made if it is not there'),
  'claude-bin': text('BREAKGLASS_CLAUDE_BIN', 'claude', "claude's program: a name on PATH, or a path"),
  'turn-timeout-s': seconds(
    'BREAKGLASS_TURN_TIMEOUT_S',
    900,
    0,
    2_000_000,
    'a turn ends after this; 0 for never',
  ),
  'keepalive-s': seconds('BREAKGLASS_KEEPALIVE_S', 15, 0.05, 3_600, 'silence before a stream gets a comment'),
  'kill-grace-s': seconds('BREAKGLASS_KILL_GRACE_S', 5, 0, 3_600, 'from a stop to SIGKILL'),
  'max-turns': wholeNumber('BREAKGLASS_MAX_TURNS', 8, 1, 10_000, 'turns running at once'),
  'permission-mode': setting(
    'BREAKGLASS_PERMISSION_MODE',
    'ask',
    `one of ${PERMISSION_MODES.join(', ')}`,
    (value) => PERMISSION_MODES.find((mode) => mode === value) ?? REFUSED,
    'what an agent may do unasked, for new sessions',
  ),
  'workspace-roots': list(
    'BREAKGLASS_WORKSPACE_ROOTS',
    delimiter,
    /^\//,
    `absolute paths, separated by "${delimiter}"`,
    'where workspaces may lie; else only in the data directory',
  ),
  'agent-env': list(
    'BREAKGLASS_AGENT_ENV',
    ',',
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'names of variables, separated by ","',
    'variables that agents get on top of the built-in list',
  ),
} satisfies Record<string, Setting<unknown>>

type Name = keyof typeof SETTINGS

/**
 * @param args command-line flags
 * @throws SettingError
 */
export function readSettings(args: string[], env: NodeJS.ProcessEnv) {
  const flags = readFlags(args)
  const file = readConfig(flags.config ?? env.BREAKGLASS_CONFIG, defaultConfig())
  const value = <N extends Name>(name: N): ReturnType<(typeof SETTINGS)[N]['parse']> => {
    const { env: variable, fallback, parse } = SETTINGS[name]
    const given = flags[name] ?? (env[variable] || undefined) ?? file[name]
    // A default needs no check, and some (no token) would not pass one.
    return (given === undefined && fallback === '' ? emptyOf(name) : parse(given ?? fallback)) as never
  }
  const dataDir = resolve(value('data-dir'))
  const claudeBin = value('claude-bin')
  const turnTimeoutMs = value('turn-timeout-s')
  return {
    host: value('host'),
    port: value('port'),
    dataDir,
    token: value('token') || null,
    tokenFile: resolve(value('token-file') || join(dataDir, 'token')),
    // An agent starts in its workspace: a relative path must not mean something else there.
    claudeBin: claudeBin.includes('/') ? resolve(claudeBin) : claudeBin,
    turnTimeoutMs: turnTimeoutMs === 0 ? null : turnTimeoutMs,
    keepaliveMs: value('keepalive-s'),
    killGraceMs: value('kill-grace-s'),
    maxTurns: value('max-turns'),
    permissionMode: value('permission-mode'),
    workspaceRoots: value('workspace-roots'),
    agentEnv: value('agent-env'),
  }
}

export type Settings = ReturnType<typeof readSettings>

const emptyOf = (name: Name): unknown => (name === 'workspace-roots' || name === 'agent-env' ? [] : '')

function readFlags(args: string[]): Record<string, string | undefined> {
  const names = [...Object.keys(SETTINGS), 'config']
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new SettingError(`${(error as Error).message.split('\n', 1)[0]} (see breakglass --help)`)
  }
}

/** A JSON object of settings, its keys in camelCase. Only one that was named must be there. */
function readConfig(named: string | undefined, usual: string): Record<string, string> {
  const path = named ?? usual
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new SettingError(`BREAKGLASS_CONFIG: "${path}" cannot be read; it must be a readable JSON file`)
  }
  const known = new Map(Object.keys(SETTINGS).map((name) => [camelCase(name), name]))
  const values: Record<string, string> = {}
  for (const [key, value] of Object.entries(parseObject(path, content))) {
    const name = known.get(key)
    if (name === undefined)
      throw new SettingError(`${path}: "${key}" is no setting; allowed are ${[...known.keys()].join(', ')}`)
    const separator = name === 'agent-env' ? ',' : delimiter
    values[name] = Array.isArray(value) ? value.join(separator) : String(value)
  }
  return values
}

function parseObject(path: string, content: string): object {
  try {
    const value: unknown = JSON.parse(content)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new SettingError(`${path}: the content is not allowed; it must be one JSON object`)
}

const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The settings as a table for --help. */
export const describeSettings = (): string =>
  Object.entries(SETTINGS)
    .map(([name, { env, help, fallback }]) => {
      const shown = fallback === '' ? '' : ` (${fallback})`
      return `  --${name.padEnd(16)} ${env.padEnd(26)} ${help}${shown}`
    })
    .join('\n')
