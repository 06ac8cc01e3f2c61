/** What the log says of prompts that wait: the records, and the prompt as they have it. */
import type { AttachedFile, DequeueReason, QueuedPrompt, QueueRecord } from '../../machines/events.ts'

/** `position` counts from 1. */
export type PlacedPrompt = QueuedPrompt & { position: number }

type Queueing = Pick<PlacedPrompt, 'promptId' | 'prompt' | 'position' | 'model'> & {
  by?: string | undefined
  attachments?: AttachedFile[] | undefined
}

export const queuedRecord = (queueing: Queueing): QueueRecord => {
  const { promptId, prompt, position, model, by, attachments = [] } = queueing
  return {
    ...{ kind: 'queued', promptId, text: prompt, position },
    ...(model !== null && { model }),
    ...(by !== undefined && { by }),
    ...(attachments.length > 0 && { attachments }),
  }
}

export const dequeuedRecord = (promptId: string, reason: DequeueReason): QueueRecord => ({
  ...{ kind: 'dequeued', promptId, reason },
})
