/** What a store must do. Few methods, so that another one can be written; asynchronous, so that it may be remote. */
import type { PermissionMode } from '../../machines/events.ts'
import type { SessionFold } from '../../machines/fold.ts'
import type { Segment } from './frames.ts'

/** All of a session but its events. `fold` is the fold over its log, kept beside it. */
export type SessionRow = {
  id: string
  agent: string
  model: string | null
  /** Null until someone gives it one. */
  title: string | null
  archived: boolean
  workspace: string
  /** Whether the workspace was made for this session, and goes with it. */
  ownsWorkspace: boolean
  permissionMode: PermissionMode
  /** What was always allowed by events up to this one holds no more. */
  allowedAfter: number
  createdAt: string
  updatedAt: string
  fold: SessionFold
  /** How far the newest turn's output was read; JSON. Null before the first turn. */
  spool: unknown
}

export type SessionEdit = Partial<
  Pick<SessionRow, 'title' | 'archived' | 'model' | 'permissionMode' | 'allowedAfter'>
>

/** The answer to a request that carried an Idempotency-Key, kept to be given again. */
export type Remembered = { key: string; bodyHash: string; answer: unknown }

/** One session's part of a commit. */
export type Append = {
  sessionId: string
  /** The head that the writer believes in: the commit fails as a whole when it is not so. */
  expectedHead: number
  /** Null when only the spool moved on. */
  segment: Segment | null
  fold: SessionFold
  spool: unknown
  remembered: Remembered[]
  /** When the last of it happened: the session was not changed before. */
  at: string
}

/** Every promise that is fulfilled means: on disk. Failures are CodedErrors `storage_full` or `storage_failed`. */
export type Store = {
  /** False when the id is taken, or was once. */
  create(row: SessionRow): Promise<boolean>
  get(id: string): Promise<SessionRow | 'deleted' | null>
  /** Newest activity first. */
  list(): Promise<SessionRow[]>
  /** The ids alone, in the same order. */
  listIds(): Promise<string[]>
  /** How many there are; deleted ones do not count. */
  count(): Promise<number>
  /** The ids of sessions whose newest turn has not ended, or that have prompts waiting. */
  listOpen(): Promise<string[]>
  edit(id: string, edit: SessionEdit, at: string): Promise<void>
  /** Deletes all but the id, which stays taken. */
  remove(id: string, at: string): Promise<void>
  /** Removed sessions whose files may still be there. */
  listRemoved(): Promise<{ id: string; ownsWorkspace: boolean }[]>
  /** Nothing of a removed session is left. */
  forget(id: string): Promise<void>
  /** All or nothing. */
  commit(appends: Append[]): Promise<void>
  /** The events behind a cursor, at most about `bytesMax` of frames and at least one event; null at the head. */
  read(id: string, after: number, bytesMax: number): Promise<Segment | null>
  recall(id: string, key: string): Promise<Remembered | null>
  /** May be called again. */
  close(): Promise<void>
}
