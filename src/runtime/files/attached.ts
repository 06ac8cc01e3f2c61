/** The files that a turn is given: found when it is asked for, read when its agent is started. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { AttachedFile } from '../../machines/events.ts'
import { CodedError } from '../errors.ts'
import { cleanFileName } from './file-name.ts'
import { FOLDER, type Folder, openFolder } from './folder.ts'
import { HEAD_BYTES, mediaTypeOf } from './media-type.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

/**
 * @param workspace its real path; null when it is not there
 * @param paths as an upload was answered; each counts once
 * @throws attachment_not_found
 */
export function findAttached(workspace: string | null, paths: readonly string[]): AttachedFile[] {
  if (paths.length === 0) return []
  return [...new Set(paths)].map((path) => {
    const found =
      workspace === null
        ? null
        : inFolder(workspace, path, (fd, bytes) => ({
            ...{ path, bytes },
            mediaType: mediaTypeOf(readStart(fd, Math.min(bytes, HEAD_BYTES))),
          }))
    if (found === null)
      throw new CodedError('attachment_not_found', `There is no attachment ${JSON.stringify(path)}`)
    return found
  })
}

/** @returns what is in it; null when it is no longer what it was, or larger than `bytesMax` */
export function readAttached(workspace: string, file: AttachedFile, bytesMax: number): Buffer | null {
  return inFolder(workspace, file.path, (fd, bytes) => {
    if (bytes > bytesMax) return null
    const content = readStart(fd, bytes)
    return mediaTypeOf(content) === file.mediaType ? content : null
  })
}

/** Null for whatever is not there, not a regular file, or not to be had: an agent may have put anything in its place. */
function inFolder<T>(workspace: string, path: string, look: (fd: number, bytes: number) => T): T | null {
  const name = path.startsWith(`${FOLDER}/`) ? path.slice(FOLDER.length + 1) : ''
  // Only what an upload could have been answered.
  if (cleanFileName(name) !== name) return null
  let folder: Folder | undefined
  let fd: number | undefined
  try {
    folder = openFolder(workspace)
    // Not waiting: to open a FIFO for reading blocks until somebody writes.
    fd = openSync(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const stat = fstatSync(fd)
    return stat.isFile() ? look(fd, stat.size) : null
  } catch {
    return null
  } finally {
    if (fd !== undefined) closeSync(fd)
    folder?.close()
  }
}

function readStart(fd: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  let at = 0
  while (at < bytes) {
    const count = readSync(fd, buffer, at, bytes - at, at)
    if (count === 0) break
    at += count
  }
  return buffer.subarray(0, at)
}
