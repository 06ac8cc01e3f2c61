/**
 * The routes of the contract as typed functions. Owns paths and shapes; sending is requests.ts,
 * following a session is attach.ts.
 */

import type { Answer, Event, PermissionMode, Resolution, Session } from '../machines/events.ts'
import { type Access, createAccess } from './access.ts'
import { type Attachment, type AttachOptions, attach } from './attach.ts'
import { createInspector, type Inspector } from './inspector.ts'
import { requestTimeoutMsDefault } from './limits.ts'
import { followLobby, type Lobby, type LobbyOptions } from './lobby.ts'
import { sessionPath } from './paths.ts'
import { createQueueClient, type QueueClient } from './queue.ts'
import { createRequests, keyHeader } from './requests.ts'

export type ClientOptions = {
  /** Where the server is: `http://127.0.0.1:7433`. A page may say `''`, its own origin. */
  url: string
  token?: string | undefined
  fetch?: typeof globalThis.fetch | undefined
  /** For each request of the JSON routes, to the end of its answer. Default 30,000. */
  requestTimeoutMs?: number | undefined
}

/** What to open a session with; everything has a default. */
export type SessionInput = {
  agent?: string
  model?: string
  title?: string
  workspace?: string
  permissionMode?: PermissionMode
}

export type SessionEdit = {
  title?: string
  archived?: boolean
  /** null: the agent's own default again. */
  model?: string | null
  permissionMode?: PermissionMode
}

export type PromptInput = {
  prompt: string
  model?: string
  /** While a turn runs, or another prompt is about to start. Default `reject`: 409 `session_busy`. */
  whenBusy?: 'reject' | 'queue'
  /** The `path`s of files that were uploaded before. */
  attachments?: string[]
  /** The same key again gives the first answer, and starts no second turn. */
  idempotencyKey?: string
}

export type AnswerInput = Omit<Answer, 'always'> & {
  /** Not to ask for this again in this session. */
  always?: boolean
  /** The same key again gives the first answer. */
  idempotencyKey?: string
}

export type PromptAnswer =
  | { queued?: never; turn: number; eventId: number }
  | { queued: true; promptId: string; position: number }

/** `cancelled` is false when no turn ran; `waiting` is how many prompts wait, when any do. */
export type CancelAnswer = { cancelled: boolean; waiting?: number }

/** A file as the server has it: its name made safe, `path` relative to the session's workspace. */
export type UploadedFile = { name: string; path: string; bytes: number; mediaType: string }

export type AgentList = {
  /** The agent of a session that names none. */
  default: string
  /** `reason` says why one is not available. */
  agents: { name: string; available: boolean; path: string | null; reason: string | null }[]
}

export type EventPage = { events: Event[]; lastEventId: number; more: boolean }

/** Every function but `attach` and `lobby` rejects with RequestError. */
export type Client = {
  sessions: {
    open(input?: SessionInput): Promise<Session>
    /** Gets or creates the session with this id, a UUID of the caller's choice. An existing one stays as it is. */
    put(id: string, input?: SessionInput): Promise<Session>
    get(id: string): Promise<Session>
    /** Newest activity first. */
    list(): Promise<Session[]>
    edit(id: string, edit: SessionEdit): Promise<Session>
    /** Cancels what runs, then deletes for good. */
    delete(id: string): Promise<void>
  }
  /**
   * Sends files to the session, all of them or none; a prompt then names them as its attachments.
   * @param options.onProgress told the share that has been sent, 0 to 1; in a browser, and without a token
   */
  upload(
    sessionId: string,
    files: Iterable<File>,
    options?: { onProgress?: (share: number) => void },
  ): Promise<UploadedFile[]>
  /** Starts a turn, or queues the prompt. */
  prompt(sessionId: string, input: PromptInput): Promise<PromptAnswer>
  /** The prompts that wait. */
  queue: QueueClient
  /** Stops the turn. Sent again under its key it stops no later turn. */
  cancel(sessionId: string, options?: { idempotencyKey?: string }): Promise<CancelAnswer>
  /** Answers what the agent asks; the first answer counts. Rejects with `already_resolved` when somebody was faster. */
  answer(sessionId: string, approvalId: string, input: AnswerInput): Promise<Resolution>
  /** At most `limit` events whose id is larger than `after`. */
  events(sessionId: string, page?: { after?: number; limit?: number }): Promise<EventPage>
  /** Pairing, devices and the audit. */
  access: Access
  /** Which agents the server can run, and why not. */
  agents(): Promise<AgentList>
  /** Follows a session; see `attach`. */
  attach(sessionId: string, options?: AttachOptions): Attachment
  /** Follows all sessions; see `createSessionList`. */
  lobby(options?: LobbyOptions): Lobby
  /** What the machines of a session do. */
  inspector: Inspector
}

export function createClient(options: ClientOptions): Client {
  const { token, fetch = globalThis.fetch } = options
  const url = options.url.replace(/\/+$/, '')
  const send = createRequests({
    url,
    token,
    fetch,
    timeoutMs: options.requestTimeoutMs ?? requestTimeoutMsDefault,
  })

  return {
    sessions: {
      open: async (input = {}) => (await send('POST', '/api/sessions', input)) as Session,
      put: async (id, input = {}) => (await send('PUT', sessionPath(id), input)) as Session,
      get: async (id) => (await send('GET', sessionPath(id))) as Session,
      list: async () => ((await send('GET', '/api/sessions')) as { sessions: Session[] }).sessions,
      edit: async (id, edit) => (await send('PATCH', sessionPath(id), edit)) as Session,
      delete: async (id) => void (await send('DELETE', sessionPath(id))),
    },
    upload: async (sessionId, files, { onProgress } = {}) => {
      const form = new FormData()
      for (const file of files) form.append('file', file)
      const answer = await send('POST', `${sessionPath(sessionId)}/files`, form, undefined, onProgress)
      return (answer as { files: UploadedFile[] }).files
    },
    prompt: async (sessionId, { idempotencyKey, ...body }) => {
      const path = `${sessionPath(sessionId)}/turns`
      return (await send('POST', path, body, keyHeader(idempotencyKey))) as PromptAnswer
    },
    queue: createQueueClient(send),
    cancel: async (sessionId, { idempotencyKey } = {}) => {
      const path = `${sessionPath(sessionId)}/cancel`
      return (await send('POST', path, undefined, keyHeader(idempotencyKey))) as CancelAnswer
    },
    answer: async (sessionId, approvalId, { idempotencyKey, ...body }) => {
      const path = `${sessionPath(sessionId)}/approvals/${encodeURIComponent(approvalId)}`
      return (await send('POST', path, body, keyHeader(idempotencyKey))) as Resolution
    },
    events: async (sessionId, page = {}) => {
      const query = new URLSearchParams()
      if (page.after !== undefined) query.set('after', String(page.after))
      if (page.limit !== undefined) query.set('limit', String(page.limit))
      return (await send('GET', `${sessionPath(sessionId)}/events?${query}`)) as EventPage
    },
    access: createAccess(send),
    agents: async () => (await send('GET', '/api/agents')) as AgentList,
    attach: (sessionId, attachOptions) =>
      attach(`${url}${sessionPath(sessionId)}/events`, { token, fetch, ...attachOptions }),
    lobby: (lobbyOptions) => followLobby(`${url}/api/events`, { token, fetch, ...lobbyOptions }),
    inspector: createInspector(send, { url, token, fetch }),
  }
}
