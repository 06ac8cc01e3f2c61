/**
 * One upload: files that are on their way into a folder. Each is written under a name that nobody asks for, and all
 * get their own together, when everything has arrived: an upload is there as a whole or not at all.
 */
import { constants, fsyncSync, linkSync, unlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { numberFileName } from './file-name.ts'
import { FOLDER, type Folder } from './folder.ts'
import { HEAD_BYTES, mediaTypeOf } from './media-type.ts'

/** A file that was received, as its sender is told. `path` is relative to the workspace. */
export type ReceivedFile = { name: string; path: string; bytes: number; mediaType: string }

type Staged = { staging: string; name: string; bytes: number; mediaType: string }

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants

/** Cleaned names do not begin with a dot: none can be taken for this. Sessions can share a workspace. */
export const stagingPrefix = (sessionId: string): string => `.upload-${sessionId}.`

/** @param deps.checkOpen throws when nothing is to be received any more */
export function createUpload(
  folder: Folder,
  deps: { sessionId: string; freshId: () => string; checkOpen: () => void },
) {
  const staged: Staged[] = []
  const published: string[] = []

  return {
    /**
     * Takes a file in.
     * @param name a clean one
     * @throws file_too_large, whatever `content` and the file system throw
     */
    async add(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
      const staging = stagingPrefix(deps.sessionId) + deps.freshId()
      const file = await open(folder.at(staging), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
      const entry = { staging, name, bytes: 0, mediaType: '' }
      staged.push(entry)
      try {
        const head: Uint8Array[] = []
        for await (const chunk of content) {
          deps.checkOpen()
          if (entry.bytes + chunk.length > LIMITS.fileBytesMax) throw tooLarge(name)
          if (entry.bytes < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES))
          await writeAll(file, chunk)
          entry.bytes += chunk.length
        }
        entry.mediaType = mediaTypeOf(Buffer.concat(head))
        await file.sync()
      } finally {
        await file.close()
      }
    },
    /** Gives all files their names: the next that is free. */
    publish(): ReceivedFile[] {
      deps.checkOpen()
      const files = staged.map(({ staging, name: wanted, bytes, mediaType }) => {
        const name = linkFree(folder, staging, wanted)
        published.push(name)
        return { name, path: `${FOLDER}/${name}`, bytes, mediaType }
      })
      for (const { staging } of staged.splice(0)) unlinkSync(folder.at(staging))
      // A turn may be recorded with them: then they must survive a power cut as its events do.
      fsyncSync(folder.fd)
      return files
    },
    /** Leaves nothing behind. */
    discard(): void {
      for (const name of [...staged.map(({ staging }) => staging), ...published]) removeFile(folder, name)
    },
  }
}

/** Total: what cannot be removed is a hidden file that the next server tries again. */
export function removeFile(folder: Folder, name: string): void {
  try {
    unlinkSync(folder.at(name))
  } catch {
    // Gone already, with its folder perhaps.
  }
}

/** By link(2), because rename(2) replaces what is there. */
function linkFree(folder: Folder, staging: string, wanted: string): string {
  for (let number = 1; ; number++) {
    const name = numberFileName(wanted, number)
    try {
      linkSync(folder.at(staging), folder.at(name))
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** A full disk takes a part of what it is given, and fails only when asked again. */
async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten
}

const tooLarge = (name: string) =>
  new CodedError('file_too_large', `${name} has more than ${LIMITS.fileBytesMax} bytes`)
