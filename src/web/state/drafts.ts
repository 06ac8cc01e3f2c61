/**
 * What is typed and not sent, per session, across reloads: its text, the files that are on the server already, and why
 * the server refused it, when it did. A refused prompt comes back here, whatever view is open. All tabs have the same.
 */
import { createStore } from '@xstate/store'
import type { UploadedFile } from '../../client/index.ts'
import { LIMITS } from '../limits.ts'
import { readJson, type Shelf } from './shelf.ts'

export type Draft = { text: string; files: readonly UploadedFile[]; refusal: string | null }

export const NO_DRAFT: Draft = { text: '', files: [], refusal: null }

export type Drafts = ReturnType<typeof createDrafts>

const PREFIX = 'draft.'

export function createDrafts(shelf: Shelf) {
  const read = (sessionId: string): Draft => ({ ...NO_DRAFT, ...readJson<Draft>(shelf, PREFIX + sessionId) })
  const kept = shelf.names(PREFIX).map((name) => name.slice(PREFIX.length))
  const store = createStore({
    context: Object.fromEntries(kept.map((id) => [id, read(id)])) as Record<string, Draft>,
    on: {
      changed: (context, { sessionId, change }: { sessionId: string; change: Partial<Draft> }) => ({
        ...context,
        [sessionId]: { ...(context[sessionId] ?? NO_DRAFT), ...change },
      }),
    },
  })
  const unsaved = new Map<string, ReturnType<typeof setTimeout>>()
  const of = (sessionId: string): Draft => store.getSnapshot().context[sessionId] ?? NO_DRAFT

  const save = (sessionId: string): void => {
    clearTimeout(unsaved.get(sessionId))
    unsaved.delete(sessionId)
    const draft = of(sessionId)
    const isEmpty = draft.text === '' && draft.files.length === 0
    shelf.write(PREFIX + sessionId, isEmpty ? null : JSON.stringify(draft))
  }

  shelf.watch((name) => {
    if (!name.startsWith(PREFIX)) return
    const sessionId = name.slice(PREFIX.length)
    // What is being typed here is newer, and will be kept in a moment.
    if (!unsaved.has(sessionId)) store.trigger.changed({ sessionId, change: read(sessionId) })
  })

  const change = (sessionId: string, change: Partial<Draft>): void => {
    store.trigger.changed({ sessionId, change })
    clearTimeout(unsaved.get(sessionId))
    unsaved.set(
      sessionId,
      setTimeout(() => save(sessionId), LIMITS.draftSaveMs),
    )
  }

  return {
    store,
    of,
    setText: (sessionId: string, text: string): void => change(sessionId, { text }),
    attach: (sessionId: string, files: readonly UploadedFile[]): void =>
      change(sessionId, { files: [...of(sessionId).files, ...files] }),
    detach: (sessionId: string, path: string): void =>
      change(sessionId, { files: of(sessionId).files.filter((file) => file.path !== path) }),
    forgive: (sessionId: string): void => change(sessionId, { refusal: null }),
    /** In front of what was typed since. */
    giveBack(sessionId: string, { text, files, refusal }: Draft): void {
      const now = of(sessionId)
      change(sessionId, {
        text: [text, now.text].filter((part) => part !== '').join('\n\n'),
        files: [...files, ...now.files.filter(({ path }) => files.every((file) => file.path !== path))],
        refusal,
      })
      save(sessionId)
    },
    clear(sessionId: string): void {
      change(sessionId, NO_DRAFT)
      save(sessionId)
    },
    /** Before the page goes: what was typed in the last moment too. */
    saveAll(): void {
      for (const sessionId of [...unsaved.keys()]) save(sessionId)
    },
  }
}
