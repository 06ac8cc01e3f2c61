/** What an operator may set, read: flags win over the environment, that over the config file, over defaults. */
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkNamed } from '../runtime/own-files.ts'
import { SETTINGS, SettingError } from './settings-table.ts'

const defaultConfig = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'breakglass', 'config.json')

type Name = keyof typeof SETTINGS

/**
 * @param args command-line flags
 * @throws SettingError
 */
export function readSettings(args: string[], env: NodeJS.ProcessEnv) {
  const flags = readFlags(args)
  if (flags.token !== undefined)
    throw new SettingError(
      'BREAKGLASS_TOKEN: what was given is not allowed as a flag, which every user of the machine can read; ' +
        'it must be a variable, or better a file',
    )
  const file = readConfig(flags.config ?? env.BREAKGLASS_CONFIG, defaultConfig())
  const value = <N extends Name>(name: N): ReturnType<(typeof SETTINGS)[N]['parse']> => {
    const { env: variable, fallback, parse } = SETTINGS[name]
    const given = flags[name] ?? (env[variable] || undefined) ?? file[name]
    // A default needs no check, and some (no token) would not pass one.
    return (given === undefined && fallback === '' ? emptyOf(name) : parse(given ?? fallback)) as never
  }
  const dataDir = resolve(value('data-dir'))
  const claudeBin = value('claude-bin')
  const pathOrNull = (path: string): string | null => (path === '' ? null : resolve(path))
  const orNever = (ms: number): number | null => (ms === 0 ? null : ms)
  return {
    host: value('host'),
    port: value('port'),
    publicUrl: value('public-url') || null,
    basePath: value('base-path'),
    allowedHosts: value('allowed-hosts').map((host) => host.toLowerCase()),
    tlsCert: pathOrNull(value('tls-cert')),
    tlsKey: pathOrNull(value('tls-key')),
    tlsSelfSigned: value('tls-self-signed') === 'on',
    behindProxy: value('behind-proxy'),
    dataDir,
    token: value('token') || null,
    tokenFile: resolve(value('token-file') || join(dataDir, 'token')),
    // An agent starts in its workspace: a relative path must not mean something else there.
    claudeBin: claudeBin.includes('/') ? resolve(claudeBin) : claudeBin,
    turnTimeoutMs: orNever(value('turn-timeout-s')),
    stallNoticeMs: orNever(value('stall-notice-s')),
    stallKillMs: orNever(value('stall-kill-s')),
    approvalTimeoutMs: orNever(value('approval-timeout-s')),
    outputBytesMax: value('output-max-mib') * 2 ** 20,
    leftovers: { ended: value('leftovers'), stopped: value('leftovers-stopped') },
    queueAfterCancel: value('queue-after-cancel'),
    cgroups: value('cgroup') === 'auto',
    keepaliveMs: value('keepalive-s'),
    killGraceMs: value('kill-grace-s'),
    maxTurns: value('max-turns'),
    permissionMode: value('permission-mode'),
    inspectStately: value('inspect-stately') || null,
    workspaceRoots: value('workspace-roots'),
    agentEnv: value('agent-env'),
  }
}

export type Settings = ReturnType<typeof readSettings>

const SEPARATORS: Record<string, string> = {
  'allowed-hosts': ',',
  'behind-proxy': ',',
  'agent-env': ',',
  'workspace-roots': delimiter,
}

const emptyOf = (name: Name): unknown => (name in SEPARATORS ? [] : '')

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
    values[name] = toText(`${path}: ${key}`, name, value)
  }
  if (values.token !== undefined) checkSecret(path)
  return values
}

function checkSecret(path: string): void {
  try {
    checkNamed(path, statSync(path))
  } catch (error) {
    const why = (error as Error).message
    throw new SettingError(
      `BREAKGLASS_CONFIG: "${path}" is not allowed (${why}); with a token in it, it must be no other user's to read`,
    )
  }
}

/** A value of the file as a flag would have it. */
function toText(where: string, name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  const separator = SEPARATORS[name]
  if (separator !== undefined && Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.join(separator)
  const given = name === 'token' ? 'what was given' : JSON.stringify(value).slice(0, 100)
  const allowed = separator === undefined ? 'a text or a number' : 'a text, or a list of texts'
  throw new SettingError(`${where}: ${given} is not allowed; it must be ${allowed}`)
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
