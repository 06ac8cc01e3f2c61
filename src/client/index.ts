/**
 * breakglass/client: follow and steer sessions from a program, the command line or a page.
 * The public surface and nothing else; runs wherever there is fetch.
 *
 *     const client = createClient({ url: 'http://127.0.0.1:7433', token })
 *     const session = await client.sessions.open({ title: 'disk full' })
 *     await client.prompt(session.id, { prompt: 'What fills /var?' })
 *     for await (const item of client.attach(session.id)) {
 *       if (item.type === 'event' && item.event.kind === 'turn_end') break
 *     }
 */

/** The wire contract's own types. */
export type {
  Approval,
  CaughtUp,
  Event,
  LastLine,
  ListedSession,
  Partial,
  QueuedPrompt,
  QueueHeld,
  Reset,
  Resolution,
  Session,
} from '../machines/events.ts'
/** What an inspector is told. */
export type {
  ActorId,
  InspectedActor,
  InspectedProcess,
  InspectedTimer,
  InspectItem,
  Inspection,
  Sender,
  Step,
} from '../machines/inspection.ts'
/** Follows one session by the URL of its events; `client.attach` builds that URL. */
export type { Access, AuditRecord, Device, PairingCode } from './access.ts'
export { type Attachment, type AttachOptions, type AttachStatus, attach } from './attach.ts'
/** Whether a log is in order: its events from the first on, from a page or an export, by themselves. */
export { type Checked, checkLog, createLogCheck } from './check-log/log-check.ts'
export { type LoggedEvent, type Violation, violationText } from './check-log/violation.ts'
/** The JSON routes, typed, `attach` by a session's id, and `lobby`. */
export {
  type AgentList,
  type AnswerInput,
  type CancelAnswer,
  type Client,
  type ClientOptions,
  createClient,
  type EventPage,
  type PromptAnswer,
  type PromptInput,
  type SessionEdit,
  type SessionInput,
  type UploadedFile,
} from './client.ts'
/** What goes wrong for good: attaching, and asking. */
export { AttachError, RequestError } from './errors.ts'
/** Where a stream stands, as `onStatus` tells it. */
export type { StreamStatus } from './follow.ts'
/** What the machines of a session do. */
export type { InspectOptions, Inspector } from './inspector.ts'
/** What an attachment yields. */
export type { AttachItem } from './items.ts'
/** All sessions at once, and what the lobby yields. */
export type { Lobby, LobbyItem, LobbyOptions } from './lobby.ts'
/** What waits for its turn. */
export type { PlacedPrompt, QueueClient } from './queue.ts'
/** All sessions, kept by what the lobby yields. */
export { createSessionList, type SessionList } from './session-list.ts'
/** The text that is still being written, rebuilt from what an attachment yields. */
export { followWriting, nothingWritten, type UnfinishedText, type Writing } from './writing.ts'
