/**
 * What is this server's alone: made for its owner, and never reached through a link. What others could have read or put
 * there is refused and not repaired, since nobody can say what they did with it.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** @throws when it cannot be made, or what is there is not this user's alone */
export function makeOwnDirectory(path: string): void {
  makeMissing(path)
  checkOwnDirectory(path)
}

/** @throws when there is none, or it is not this user's alone */
export function checkOwnDirectory(path: string): void {
  const stats = lstatSync(path)
  if (!stats.isSymbolicLink() && !stats.isDirectory()) throw new Error(`${path} is no directory`)
  checkOwn(path, stats)
}

/** Makes an empty file where there is none: what opens it later, and makes files as the umask says, finds it. */
export function makeOwnFile(path: string): void {
  try {
    // Exclusively: that follows no link, not even one that leads nowhere.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // Not by opening it: to close a file lets go of every lock that this process has on it.
    checkOwnFile(path, lstatSync(path))
  }
}

/** @returns null when there is none */
export function readOwnFile(path: string): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return null
  checkOwnFile(path, stats)
  return readFileSync(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW })
}

/** Takes the place of what is there, as a whole. */
export function writeOwnFile(path: string, content: string): void {
  // What a crash left goes first, so that it can be made exclusively.
  rmSync(`${path}.new`, { force: true })
  writeFileSync(`${path}.new`, content, { mode: 0o600, flag: 'wx' })
  renameSync(`${path}.new`, path)
}

/**
 * A secret that lies where the operator says: a mount of secrets has it as a link, as root's, or for a group.
 * @returns null when there is none
 */
export function readNamedFile(path: string): string | null {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    checkNamed(path, fstatSync(fd))
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

/** @throws when others may read or write it */
export const checkNamed = (path: string, stats: Stats): void => check(path, stats, [0, user()], 0o027)

function checkOwnFile(path: string, stats: Stats): void {
  if (!stats.isSymbolicLink() && !stats.isFile()) throw new Error(`${path} is no file`)
  checkOwn(path, stats)
}

function checkOwn(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw new Error(`${path} is a link`)
  check(path, stats, [user()], 0o077)
}

function check(path: string, { uid, mode }: Stats, owners: number[], forbidden: number): void {
  if (!owners.includes(uid)) throw new Error(`${path} belongs to another user, with the uid ${uid}`)
  if ((mode & forbidden) === 0) return
  throw new Error(
    `${path} is open to others: its mode is ${(mode & 0o777).toString(8)}, and none of ${forbidden.toString(8)} is allowed`,
  )
}

const user = (): number => process.geteuid!()

/** One by one from the top: mkdir's own `recursive` never comes back where nothing can be made, as below /proc. */
function makeMissing(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })) return
  if (dirname(path) !== path && !statSync(dirname(path), { throwIfNoEntry: false }))
    makeMissing(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}
