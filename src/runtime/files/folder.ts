/**
 * The folder `attachments` of a workspace, in which an agent works as well: it may put a link wherever it likes. So
 * the folder is opened once, without following one, and everything in it is reached through what was opened.
 */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
} from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../errors.ts'

export const FOLDER = 'attachments'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

export type Folder = {
  /** The path by which a file of the folder is reached, wherever the folder is moved and whatever takes its place. */
  at(name: string): string
  names(): string[]
  /** The folder itself, for fsync. */
  fd: number
  close(): void
}

/**
 * @param workspace a real path: no link stands on the way, or did not when it was looked at
 * @throws attachments_unusable when anything but a directory stands there; ENOENT when nothing does
 */
export function openFolder(workspace: string): Folder {
  const path = join(workspace, FOLDER)
  const fd = openDirectory(path)
  const { opened, real } = placeOf(fd, path)
  const folder = {
    at: (name: string): string => join(opened, name),
    names: (): string[] => readdirSync(opened),
    fd,
    close: (): void => closeSync(fd),
  }
  try {
    if (real() === path) return folder
  } catch (error) {
    folder.close()
    throw error
  }
  folder.close()
  throw unusable(path)
}

/** By what is open and not by what is there: where openat(2) is wanted, which Node does not offer, Linux has a path. */
function placeOf(fd: number, path: string): { opened: string; real: () => string } {
  const opened = `/proc/self/fd/${fd}`
  return lstatSync(opened, { throwIfNoEntry: false })
    ? { opened, real: () => readlinkSync(opened) }
    : { opened: path, real: () => realpathSync(path) }
}

/** @returns whether it was made just now */
export function makeFolder(workspace: string): boolean {
  try {
    mkdirSync(join(workspace, FOLDER), { mode: 0o700 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' ? unusable(workspace) : error
  }
}

function openDirectory(path: string): number {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    // ELOOP and ENOTDIR: a link, or a file.
    throw ['ELOOP', 'ENOTDIR'].includes(codeOf(error) ?? '') ? unusable(path) : error
  }
}

const unusable = (path: string) =>
  new CodedError('attachments_unusable', `${path} is no directory of its own`)

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
