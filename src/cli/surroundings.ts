/** What would keep this server from its promises, in how it was started: told at the start, to stderr. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A hung systemd must not leave a process waiting for it. */
const ASK_TIMEOUT_MS = 2_000

export type Surroundings = {
  pid: number
  /** /proc/self/cgroup; empty where there is none. */
  cgroups: string
  /** Asks systemd for properties of a unit: `Name=value` lines. */
  askSystemd(args: string[]): Promise<string>
}

export const readSurroundings = (): Surroundings => ({
  pid: process.pid,
  cgroups: readOrEmpty('/proc/self/cgroup'),
  askSystemd: async (args) => (await run('systemctl', args, { timeout: ASK_TIMEOUT_MS })).stdout,
})

/** @returns a sentence for each thing that should be otherwise */
export async function checkSurroundings(surroundings: Surroundings): Promise<string[]> {
  const warnings: string[] = []
  if (surroundings.pid === 1)
    warnings.push(
      'this server is process 1, and reaps no orphans: start the container with an init (docker run --init)',
    )
  const unit = unitOf(surroundings.cgroups)
  if (unit !== null) warnings.push(...(await checkUnit(unit, surroundings)))
  return warnings
}

type Unit = { name: string; ofUser: boolean }

/** The service whose cgroup this is, by systemd's own hierarchy or the unified one; null outside of any. */
export function unitOf(cgroups: string): Unit | null {
  for (const line of cgroups.split('\n')) {
    const [, controllers, ...rest] = line.split(':')
    if (controllers !== '' && controllers !== 'name=systemd') continue
    const parts = rest.join(':').split('/')
    const name = parts.findLast((part) => /\.(service|scope)$/.test(part))
    if (name?.endsWith('.service') && !name.startsWith('user@'))
      return { name, ofUser: parts.some((part) => part.startsWith('user@')) }
  }
  return null
}

/** systemd.kill(5): what is left in the unit's cgroup when the server is stopped is killed in most modes. */
async function checkUnit({ name, ofUser }: Unit, { askSystemd }: Surroundings): Promise<string[]> {
  const args = ['show', '--property=KillMode', '--property=Delegate', '--', name]
  const answer = await askSystemd(ofUser ? ['--user', ...args] : args).catch(() => '')
  const property = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(answer)?.[1]
  const killMode = property('KillMode')
  if (killMode === undefined)
    return [`systemd did not say whether stopping ${name} kills its turns: it must have KillMode=process`]
  const kills =
    killMode === 'process' || killMode === 'none'
      ? []
      : [`stopping or restarting ${name} kills its turns (KillMode=${killMode}): set KillMode=process`]
  const delegates =
    property('Delegate') === 'yes' ? [] : [`${name} has no cgroups for its turns: set Delegate=yes`]
  return [...kills, ...delegates]
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
