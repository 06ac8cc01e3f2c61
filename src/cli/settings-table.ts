/** The one table of what an operator may set: names, defaults, what is allowed. Where values come from is settings.ts. */
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { isBasePath } from '../http/base-path.ts'
import { isHost } from '../http/gates/host.ts'
import { isToken, TOKEN_IS } from '../http/token.ts'
import type { PermissionMode } from '../machines/events.ts'
import type { LeftoverPolicy } from '../machines/process-events.ts'
import type { QueueAfterCancel } from '../runtime/queue/rules.ts'

/** A setting that cannot be used: one line that names it, its value and what is allowed. */
export class SettingError extends Error {
  /** @param message may quote what was given, which may have lines of its own */
  constructor(message: string) {
    super(message.replace(/\s+/g, ' '))
  }
}

type Setting<T> = { env: string; help: string; fallback: string; parse: (text: string) => T; allowed: string }

/** Never the secret. */
const shown = (env: string, text: string): string =>
  env === 'BREAKGLASS_TOKEN' ? 'what was given' : `"${text}"`

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
    if (value === REFUSED)
      throw new SettingError(`${env}: ${shown(env, text)} is not allowed; it must be ${allowed}`)
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
      return number >= min && number <= max ? Math.round(number * 1_000) : REFUSED
    },
    help,
  )

const choice = <T extends string>(env: string, allowed: readonly T[], fallback: T, help: string) =>
  setting(
    env,
    fallback,
    `one of ${allowed.join(', ')}`,
    (value) => allowed.find((item) => item === value) ?? REFUSED,
    help,
  )

const text = (env: string, fallback: string, help: string) =>
  setting(env, fallback, 'a text that is not empty', (value) => (value === '' ? REFUSED : value), help)

const list = (
  env: string,
  separator: string,
  isAllowed: (item: string) => boolean,
  what: string,
  help: string,
) =>
  setting(
    env,
    '',
    what,
    (value) => {
      const items = value.split(separator).filter((item) => item !== '')
      return items.every(isAllowed) ? items : REFUSED
    },
    help,
  )

const LEFTOVER_POLICIES: readonly LeftoverPolicy[] = ['report', 'kill', 'keep']
const QUEUE_AFTER_CANCEL: readonly QueueAfterCancel[] = ['hold', 'run']
const PERMISSION_MODES: readonly PermissionMode[] = ['ask', 'acceptEdits', 'bypass']

const defaultDataDir = (): string =>
  join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'breakglass')
/** What is inspected goes to whoever listens there: to nobody elsewhere. */
const isLoopbackSocket = (value: string): boolean =>
  /^ws:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/.test(value) && URL.canParse(value)

/** Flag names; a key of the config file is the same in camelCase. */
export const SETTINGS = {
  host: text('BREAKGLASS_HOST', '127.0.0.1', 'address to listen on'),
  port: wholeNumber('BREAKGLASS_PORT', 7433, 0, 65_535, 'port to listen on; 0 for any that is free'),
  'public-url': setting(
    'BREAKGLASS_PUBLIC_URL',
    '',
    'an origin, like https://breakglass.example:8443',
    (value) => (/^https?:/.test(value) && URL.parse(value)?.origin === value ? value : REFUSED),
    'how phones reach this server, for the links that pair them; else its address',
  ),
  'base-path': setting(
    'BREAKGLASS_BASE_PATH',
    '',
    'a path of plain segments, like /ops/breakglass',
    (value) => (isBasePath(value) ? value : REFUSED),
    'the path below which a proxy passes requests on to this server',
  ),
  'allowed-hosts': list(
    'BREAKGLASS_ALLOWED_HOSTS',
    ',',
    isHost,
    'names of hosts, each with a port or for any, separated by ","',
    'names that this server goes by, besides those of loopback and its address',
  ),
  'tls-cert': text('BREAKGLASS_TLS_CERT', '', 'certificate (PEM) for https, with its chain'),
  'tls-key': text('BREAKGLASS_TLS_KEY', '', 'its private key (PEM)'),
  'tls-self-signed': choice(
    'BREAKGLASS_TLS_SELF_SIGNED',
    ['on', 'off'],
    'off',
    'https with a certificate of its own making, for a home network',
  ),
  'behind-proxy': list(
    'BREAKGLASS_BEHIND_PROXY',
    ',',
    (item) => isIP(item) !== 0,
    'IP addresses, separated by ","',
    'the addresses of the proxy before this server, which alone may ask',
  ),
  'data-dir': text('BREAKGLASS_DATA_DIR', defaultDataDir(), 'where everything is kept'),
  token: setting(
    'BREAKGLASS_TOKEN',
    '',
    TOKEN_IS,
    (value) => (isToken(value) ? value : REFUSED),
    'the token itself (no flag: others can read those); better in a file',
  ),
  'token-file': text('BREAKGLASS_TOKEN_FILE', '', 'file that holds the token; made if it is not there'),
  'claude-bin': text('BREAKGLASS_CLAUDE_BIN', 'claude', "claude's program: a name on PATH, or a path"),
  'turn-timeout-s': seconds(
    'BREAKGLASS_TURN_TIMEOUT_S',
    900,
    0,
    2_000_000,
    'a turn ends after this; 0 for never',
  ),
  'stall-notice-s': seconds(
    'BREAKGLASS_STALL_NOTICE_S',
    300,
    0,
    2_000_000,
    'silence of an agent before a notice says so; 0 for never',
  ),
  'stall-kill-s': seconds(
    'BREAKGLASS_STALL_KILL_S',
    0,
    0,
    2_000_000,
    'silence of an agent before it is stopped; 0 for never',
  ),
  'approval-timeout-s': seconds(
    'BREAKGLASS_APPROVAL_TIMEOUT_S',
    1_800,
    0,
    2_000_000,
    'an agent that asks is told no after this; 0 for never',
  ),
  'output-max-mib': wholeNumber(
    'BREAKGLASS_OUTPUT_MAX_MIB',
    4_096,
    1,
    1_000_000,
    'an agent that says more in one turn is stopped; MiB',
  ),
  'keepalive-s': seconds('BREAKGLASS_KEEPALIVE_S', 15, 0.05, 3_600, 'silence before a stream gets a comment'),
  'kill-grace-s': seconds('BREAKGLASS_KILL_GRACE_S', 5, 0, 3_600, 'from a stop to SIGKILL'),
  'max-turns': wholeNumber('BREAKGLASS_MAX_TURNS', 8, 1, 10_000, 'turns running at once'),
  'permission-mode': choice(
    'BREAKGLASS_PERMISSION_MODE',
    PERMISSION_MODES,
    'ask',
    'what an agent may do unasked, for new sessions',
  ),
  leftovers: choice(
    'BREAKGLASS_LEFTOVERS',
    LEFTOVER_POLICIES,
    'report',
    'what becomes of processes that a turn leaves behind: report, kill, keep',
  ),
  'leftovers-stopped': choice(
    'BREAKGLASS_LEFTOVERS_STOPPED',
    LEFTOVER_POLICIES,
    'kill',
    'the same for a turn that was stopped, and whose agent gave in',
  ),
  'queue-after-cancel': choice(
    'BREAKGLASS_QUEUE_AFTER_CANCEL',
    QUEUE_AFTER_CANCEL,
    'hold',
    'what prompts that wait do when the turn before them was cancelled: hold, run',
  ),
  cgroup: choice(
    'BREAKGLASS_CGROUP',
    ['auto', 'off'],
    'auto',
    'a cgroup for each turn, where that can be had',
  ),
  'inspect-stately': setting(
    'BREAKGLASS_INSPECT_STATELY',
    '',
    'ws://127.0.0.1:PORT, a bridge on this machine',
    (value) => (isLoopbackSocket(value) ? value : REFUSED),
    "where a bridge to Stately's tools listens (npm: @statelyai/inspect), for what is inspected",
  ),
  'workspace-roots': list(
    'BREAKGLASS_WORKSPACE_ROOTS',
    delimiter,
    (item) => item.startsWith('/'),
    `absolute paths, separated by "${delimiter}"`,
    'where workspaces may lie; else only in the data directory',
  ),
  'agent-env': list(
    'BREAKGLASS_AGENT_ENV',
    ',',
    (item) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(item),
    'names of variables, separated by ","',
    'variables that agents get on top of the built-in list',
  ),
} satisfies Record<string, Setting<unknown>>

/** The settings as a table for --help. */
export const describeSettings = (): string =>
  Object.entries(SETTINGS)
    .map(([name, { env, help, fallback }]) => {
      const shown = fallback === '' ? '' : ` (${fallback})`
      // A command line is no place for a secret.
      const flag = name === 'token' ? '' : `--${name}`
      return `  ${flag.padEnd(18)} ${env.padEnd(26)} ${help}${shown}`
    })
    .join('\n')
