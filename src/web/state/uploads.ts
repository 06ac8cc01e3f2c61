/** Files on their way to the server, per session; those that have arrived are in the draft. */
import { createStore } from '@xstate/store'
import type { Client } from '../../client/index.ts'
import { LIMITS } from '../limits.ts'
import type { Drafts } from './drafts.ts'
import { isPassing } from './patiently.ts'
import { problemText } from './problem-text.ts'

export type Upload = {
  id: string
  sessionId: string
  file: File
  state: 'sending' | 'failed'
  /** How much of it has been sent, 0 to 1; null: not known. */
  share: number | null
  /** Why it failed. */
  problem: string | null
  /** Whether another try may help. */
  mayRetry: boolean
}

export type UploadsDeps = { client: Pick<Client, 'upload'>; drafts: Drafts; newKey(): string }

export function createUploads({ client, drafts, newKey }: UploadsDeps) {
  const store = createStore({
    context: { uploads: [] as readonly Upload[] },
    on: {
      added: ({ uploads }, { upload }: { upload: Upload }) => ({ uploads: [...uploads, upload] }),
      changed: ({ uploads }, { id, change }: { id: string; change: Partial<Upload> }) => ({
        uploads: uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)),
      }),
      gone: ({ uploads }, { id }: { id: string }) => ({
        uploads: uploads.filter((upload) => upload.id !== id),
      }),
    },
  })
  const all = (): readonly Upload[] => store.getSnapshot().context.uploads

  const send = async ({ id, sessionId, file }: Upload): Promise<void> => {
    store.trigger.changed({ id, change: { state: 'sending', problem: null, share: null } })
    try {
      const files = await client.upload(sessionId, [file], {
        onProgress: (share) => store.trigger.changed({ id, change: { share } }),
      })
      // Removed meanwhile: it stays on the server, and is nobody's attachment.
      if (all().some((upload) => upload.id === id)) drafts.attach(sessionId, files)
      store.trigger.gone({ id })
    } catch (error) {
      store.trigger.changed({
        id,
        change: { state: 'failed', problem: problemText(error), mayRetry: isPassing(error) },
      })
    }
  }

  const retry = async (id: string): Promise<void> => {
    const upload = all().find((upload) => upload.id === id)
    if (upload?.state === 'failed' && upload.mayRetry) await send(upload)
  }

  return {
    store,
    add(sessionId: string, files: Iterable<File>): void {
      let count = drafts.of(sessionId).files.length
      count += all().filter((upload) => upload.sessionId === sessionId).length
      for (const file of files) {
        const problem = problemOf(file, count++)
        const upload: Upload = {
          id: newKey(),
          sessionId,
          file,
          state: problem === null ? 'sending' : 'failed',
          share: null,
          problem,
          mayRetry: problem === null,
        }
        store.trigger.added({ upload })
        if (problem === null) void send(upload)
      }
    },
    retry,
    remove: (id: string): void => store.trigger.gone({ id }),
    /** Tries again what another try may help. */
    wake(): void {
      for (const { id } of all()) void retry(id)
    },
  }
}

/** Said before anything is sent. */
function problemOf(file: File, before: number): string | null {
  if (file.size > LIMITS.fileBytesMax) return 'It is larger than 20 MiB.'
  return before >= LIMITS.filesMax ? `A prompt takes ${LIMITS.filesMax} files.` : null
}
