/** The files that a session was sent. Knows nothing of HTTP, and nothing of turns. */
import { rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { findWorkspace, makeWorkspace } from '../workspace.ts'
import { cleanFileName } from './file-name.ts'
import { FOLDER, makeFolder, openFolder } from './folder.ts'
import { createUpload, type ReceivedFile, removeFile, stagingPrefix } from './upload.ts'

/** A file on its way: what its sender calls it, if anything, and what is in it. */
export type IncomingFile = { name: string | undefined; content: AsyncIterable<Uint8Array> }

export function createFiles(deps: {
  sessionId: string
  workspace: string
  ownsWorkspace: boolean
  /** Below which a workspace that is not the server's own must lie. */
  workspaceRoots: readonly string[]
  freshId: () => string
}) {
  const { sessionId, workspaceRoots, freshId } = deps
  let ended = false
  let underWay = 0
  let madeFolder = false

  const checkOpen = (): void => {
    if (ended) throw new CodedError('session_deleted')
  }

  /** Removes what an earlier server had not received whole. */
  const sweep = (): void => {
    try {
      const workspace = findWorkspace(deps, workspaceRoots)
      if (workspace === null) return
      const folder = openFolder(workspace)
      const ours = folder.names().filter((name) => name.startsWith(stagingPrefix(sessionId)))
      for (const name of ours) removeFile(folder, name)
      folder.close()
    } catch {
      // No folder, or none of ours.
    }
  }
  sweep()

  const takeIn = async (incoming: AsyncIterable<IncomingFile>): Promise<ReceivedFile[]> => {
    // Before the folder is touched: what is refused for its first name changes nothing.
    let opened: { folder: ReturnType<typeof openFolder>; upload: ReturnType<typeof createUpload> } | undefined
    let count = 0
    try {
      for await (const { name: given, content } of incoming) {
        checkOpen()
        if (++count > LIMITS.filesPerUploadMax)
          throw new CodedError('too_many_files', `An upload may have ${LIMITS.filesPerUploadMax} files`)
        const name = cleanFileName(given ?? '')
        if (name === null) throw new CodedError('bad_file_name', 'Each file needs a name')
        opened ??= open()
        if (opened.folder.names().length >= LIMITS.filesPerSessionMax)
          throw new CodedError('too_many_files', `A session may have ${LIMITS.filesPerSessionMax} files`)
        await opened.upload.add(name, content)
      }
      if (!opened) throw new CodedError('bad_request', 'An upload needs a file')
      return opened.upload.publish()
    } catch (error) {
      opened?.upload.discard()
      throw toStorageError(error)
    } finally {
      opened?.folder.close()
    }
  }

  const open = () => {
    const workspace = makeWorkspace(deps, workspaceRoots)
    if (workspace === null)
      throw new CodedError('attachments_unusable', `${deps.workspace} is not there, or leads elsewhere`)
    madeFolder = makeFolder(workspace) || madeFolder
    const folder = openFolder(workspace)
    return { folder, upload: createUpload(folder, { sessionId, freshId, checkOpen }) }
  }

  /** Removes the folder that was made for files of which none has come. */
  const removeEmptyFolder = (): void => {
    if (!madeFolder || underWay > 0) return
    madeFolder = false
    try {
      rmdirSync(join(deps.workspace, FOLDER))
    } catch {
      // There is something in it, as it should be.
    }
  }

  return {
    /**
     * Stores files in the workspace, all of them or none. A turn may run meanwhile.
     * @throws bad_request for none, bad_file_name, file_too_large, too_many_files, attachments_unusable,
     *   session_deleted, storage_full, storage_failed, and whatever `incoming` throws
     */
    async receive(incoming: AsyncIterable<IncomingFile>): Promise<ReceivedFile[]> {
      underWay++
      try {
        return await takeIn(incoming)
      } finally {
        underWay--
        removeEmptyFolder()
      }
    },
    /** The session is deleted: takes no more, and finishes nothing that is under way. */
    end(): void {
      ended = true
    },
  }
}

/** Errors of the file system have an errno; what the sender did wrong has none. */
function toStorageError(error: unknown): unknown {
  const { errno, code, syscall } = error as NodeJS.ErrnoException
  if (error instanceof CodedError || errno === undefined || syscall === undefined) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return new CodedError('storage_full')
  return new CodedError('storage_failed', `The workspace could not be written to: ${code}`)
}
