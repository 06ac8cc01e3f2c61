/** Control groups of version 2, as this process could make them below its own. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

/** The group of a process, as its path within the hierarchy; null where there is none, or no such process. */
export function cgroupOf(pid: number | 'self'): string | null {
  try {
    return /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

/** Why no group can be made and killed; null when one can. */
export function whyNoCgroup(): string | null {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
  // proc(5): the fifth field is where it is mounted; the type follows a dash.
  const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(mounts)?.[1]
  const own = cgroupOf('self')
  if (mount === undefined || own === null) return 'no cgroup v2 is mounted'
  const probe = join(mount, own, `breakglass-probe-${process.pid}`)
  try {
    mkdirSync(probe)
    const canKill = existsSync(join(probe, 'cgroup.kill'))
    rmdirSync(probe)
    return canKill ? null : 'cgroup.kill is not there'
  } catch (error) {
    return `no cgroup can be made: ${(error as NodeJS.ErrnoException).code}`
  }
}
