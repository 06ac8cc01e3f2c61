/**
 * All that an operator does to sessions from this page, and that has to outlive the view in which it was done: what is
 * typed, what is on its way, and what is known by heart.
 */
import type { Client } from '../../client/index.ts'
import { createAnswers } from './answers.ts'
import { createDrafts } from './drafts.ts'
import type { Exclusive } from './exclusive.ts'
import { createHistory } from './history.ts'
import { createOutbox } from './outbox.ts'
import { createSeen } from './seen.ts'
import type { Shelf } from './shelf.ts'
import { createSnippets } from './snippets.ts'
import { createStops } from './stops.ts'
import { createUploads } from './uploads.ts'

export type DeskDeps = {
  client: Client
  shelf: Shelf
  exclusive: Exclusive
  newKey(): string
  now(): number
}

export type Desk = ReturnType<typeof createDesk>

export function createDesk({ client, shelf, exclusive, newKey, now }: DeskDeps) {
  const drafts = createDrafts(shelf)
  const history = createHistory(shelf)
  const outbox = createOutbox({
    ...{ client, shelf, exclusive, newKey, now },
    refused: ({ sessionId, prompt, files }, refusal) =>
      drafts.giveBack(sessionId, { text: prompt, files, refusal }),
  })
  const uploads = createUploads({ client, drafts, newKey })
  const stops = createStops({ client, shelf, newKey })
  const answers = createAnswers({ client, shelf, newKey })

  return {
    ...{ drafts, history, outbox, uploads, stops, answers },
    ...{ snippets: createSnippets(shelf), seen: createSeen(shelf), queue: client.queue },
    /**
     * Sends what is typed.
     * @param afterId the newest event that the page knows of
     */
    send(sessionId: string, afterId: number): void {
      const { text, files } = drafts.of(sessionId)
      if (text.trim() === '') return
      outbox.post({ sessionId, prompt: text, files, afterId })
      history.add(text)
      drafts.clear(sessionId)
    },
    /**
     * Sends a prompt that is known by heart: with the files that are attached, unless there is a text that they belong to.
     */
    sendSnippet(sessionId: string, prompt: string, afterId: number): void {
      const { text, files } = drafts.of(sessionId)
      const isFree = text.trim() === ''
      outbox.post({ sessionId, prompt, files: isFree ? files : [], afterId })
      if (isFree) drafts.clear(sessionId)
    },
    /** The network may be back: tries at once whatever waits for it. */
    wake(): void {
      for (const part of [stops, answers, outbox, uploads]) part.wake()
    },
  }
}
