/**
 * A cgroup v2 for each turn, where this server may make one below its own: what begins in it stays in it, whatever it
 * does to its parents, its session and its environment, and one write ends it all. cgroups(7), cgroup-v2.rst.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readIfThere } from './unreadable.ts'

/** What every cgroup of ours is called, so that what a crash has left can be told from everybody else's. */
export const CGROUP_PREFIX = 'breakglass.'

/**
 * @returns the directory of this process's own cgroup, when a turn's can be made in it; else null. systemd gives it to a
 *   unit with `Delegate=yes`, a container to one that may write to /sys/fs/cgroup.
 */
export function findCgroupParent(): string | null {
  try {
    const parent = ownCgroup(readFileSync('/proc/self/cgroup', 'utf8'), mountInfo())
    if (parent === null) return null
    const probe = makeCgroup(parent, `${CGROUP_PREFIX}probe.${process.pid}`)
    try {
      // To move an agent from the one to the other, both must be ours to write. Nothing is moved by no text.
      for (const dir of [parent, probe]) writeFileSync(join(dir, 'cgroup.procs'), '', { flag: 'r+' })
    } finally {
      removeCgroup(probe)
    }
    return parent
  } catch {
    return null
  }
}

const mountInfo = (): string => readFileSync('/proc/self/mountinfo', 'utf8')

/**
 * @param cgroups /proc/self/cgroup
 * @param mounts /proc/self/mountinfo: proc(5)
 */
export function ownCgroup(cgroups: string, mounts: string): string | null {
  const path = /^0::(\/.*)$/m.exec(cgroups)?.[1]
  if (path === undefined || path.includes('/..')) return null
  for (const line of mounts.split('\n')) {
    const [fields, type] = line.split(' - ')
    if (type?.split(' ')[0] !== 'cgroup2') continue
    const [, , , root, mountPoint] = fields!.split(' ').map(unescapeMount)
    const below = root === '/' ? path : path.startsWith(`${root}/`) ? path.slice(root!.length) : null
    if (path === root) return mountPoint!
    if (below !== null) return join(mountPoint!, below)
  }
  return null
}

/** mountinfo writes space, tab, newline and backslash as octal numbers. */
const unescapeMount = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** Makes it unless it is there. @returns its directory */
export function makeCgroup(parent: string, name: string): string {
  const dir = join(parent, name)
  try {
    mkdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return dir
}

/** CGROUP2_SUPER_MAGIC of linux/magic.h. */
const CGROUP2 = 0x63677270

/**
 * @param said where a run directory says that it is; a turn of an earlier server may have its own in another place
 * @param expected where it would be made now
 * @returns the turn's cgroup; null when there is none. Only what has the turn's name, and is a cgroup, is believed
 */
export function findTurnCgroup(said: string | null, expected: string): string | null {
  const isOurs = (dir: string): boolean =>
    basename(dir) === basename(expected) && readIfThere(() => statfsSync(dir).type) === CGROUP2
  return [said, expected].find((dir) => dir !== null && isOurs(dir)) ?? null
}

/** The pids in it and below it; none when it is gone. */
export function cgroupPids(dir: string): number[] {
  const own = readIfThere(() => readFileSync(join(dir, 'cgroup.procs'), 'latin1'))
  if (own === null) return []
  return [...own.split('\n').filter(Boolean).map(Number), ...childrenOf(dir).flatMap(cgroupPids)]
}

/** Whether anything lives in it or below it: what the kernel says, when nothing is found there. */
export const isPopulated = (dir: string): boolean =>
  /^populated 1$/m.test(readIfThere(() => readFileSync(join(dir, 'cgroup.events'), 'latin1')) ?? '')

/** SIGKILL to all that is in it and below it, in one step: what forks meanwhile does not get away. Linux 5.14. */
export function killCgroup(dir: string): void {
  try {
    writeFileSync(join(dir, 'cgroup.kill'), '1')
  } catch {
    // Gone, or an older kernel: its processes are signalled one by one.
  }
}

/** Removes it, with what an agent has made in it; not while a process is in it. */
export function removeCgroup(dir: string): void {
  try {
    childrenOf(dir).forEach(removeCgroup)
    rmdirSync(dir)
  } catch {
    // Gone already, or something that a turn left behind lives in it.
  }
}

/**
 * Removes the cgroups of turns that have come to their end without their server. What lives in one keeps it, and so does
 * its youth: another server may have made it a moment ago, for an agent that is on its way into it.
 */
export function removeEmptyCgroups(parent: string, olderThanMs: number): void {
  // Another server may remove one of its own meanwhile.
  const isOld = (dir: string): boolean =>
    Date.now() - (statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN) > olderThanMs
  for (const dir of childrenOf(parent))
    if (basename(dir).startsWith(CGROUP_PREFIX) && isOld(dir)) removeCgroup(dir)
}

const childrenOf = (dir: string): string[] =>
  (readIfThere(() => readdirSync(dir, { withFileTypes: true })) ?? [])
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(dir, entry.name))
