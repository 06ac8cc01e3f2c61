/**
 * Prompts that wait for the network, as they are kept on this device: each under a name of its own, so that two tabs
 * never write the same one.
 */
import type { UploadedFile } from '../../client/index.ts'
import { readJson, type Shelf } from './shelf.ts'

export type Posted = {
  /** The idempotency key: whoever sends it, and however often, it runs once. */
  key: string
  sessionId: string
  /** `Date.now()` when it was posted: the order of a session's prompts. */
  at: number
  prompt: string
  files: readonly UploadedFile[]
  /** The newest event that the page knew of then, -1 without any. */
  afterId: number
  /** Whether it was sent, and may have arrived. */
  wasTried: boolean
}

const PREFIX = 'outbox.'

export const isOfOutbox = (name: string): boolean => name.startsWith(PREFIX)

export function createOutboxShelf(shelf: Shelf) {
  return {
    /** In order. */
    list: (): Posted[] =>
      shelf
        .names(PREFIX)
        .flatMap((name) => readJson<Posted>(shelf, name) ?? [])
        .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1)),
    has: (key: string): boolean => shelf.read(PREFIX + key) !== null,
    put: (posted: Posted): void => shelf.write(PREFIX + posted.key, JSON.stringify(posted)),
    remove: (key: string): void => shelf.write(PREFIX + key, null),
  }
}
