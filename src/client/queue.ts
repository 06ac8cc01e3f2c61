/** The prompts that wait for their turn, as typed functions. A prompt is queued by `client.prompt`. */

import type { QueuedPrompt, QueueHeld } from '../machines/events.ts'
import { promptPath, sessionPath } from './paths.ts'
import { keyHeader, type SendRequest } from './requests.ts'

/** `position` counts from 1. */
export type PlacedPrompt = QueuedPrompt & { position: number }

/** The same key again has one effect, and the first answer. */
type Keyed = { idempotencyKey?: string }

/** Every function rejects with RequestError. */
export type QueueClient = {
  /** Next first; `queueHeld` says why the queue does not go on by itself. */
  list(sessionId: string): Promise<{ queue: QueuedPrompt[]; queueHeld: QueueHeld | null }>
  /** Gives a prompt another text, in its place. `prompt_started` when it is too late. */
  edit(sessionId: string, promptId: string, prompt: string, options?: Keyed): Promise<PlacedPrompt>
  /** `prompt_started` when it is too late. */
  remove(sessionId: string, promptId: string, options?: Keyed): Promise<void>
  /** Removes all that wait. */
  clear(sessionId: string, options?: Keyed): Promise<void>
  /** Starts the next prompt though the queue is held; the others follow. Null: none waits, or a turn runs. */
  resume(sessionId: string, options?: Keyed): Promise<{ turn: number; eventId: number } | null>
}

export function createQueueClient(send: SendRequest): QueueClient {
  const queuePath = (sessionId: string): string => `${sessionPath(sessionId)}/queue`
  return {
    list: async (sessionId) =>
      (await send('GET', queuePath(sessionId))) as Awaited<ReturnType<QueueClient['list']>>,
    edit: async (sessionId, promptId, prompt, { idempotencyKey } = {}) => {
      const path = promptPath(sessionId, promptId)
      return (await send('PATCH', path, { prompt }, keyHeader(idempotencyKey))) as PlacedPrompt
    },
    remove: async (sessionId, promptId, { idempotencyKey } = {}) => {
      await send('DELETE', promptPath(sessionId, promptId), undefined, keyHeader(idempotencyKey))
    },
    clear: async (sessionId, { idempotencyKey } = {}) => {
      await send('DELETE', queuePath(sessionId), undefined, keyHeader(idempotencyKey))
    },
    resume: async (sessionId, { idempotencyKey } = {}) => {
      const path = `${queuePath(sessionId)}/resume`
      const answer = (await send('POST', path, undefined, keyHeader(idempotencyKey))) as object
      return 'resumed' in answer ? null : (answer as { turn: number; eventId: number })
    },
  }
}
