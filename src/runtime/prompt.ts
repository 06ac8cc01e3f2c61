/** A prompt, and what makes it one. */
import type { AttachedFile } from '../machines/events.ts'
import { CodedError } from './errors.ts'
import type { IdempotencyKey } from './idempotency.ts'
import { LIMITS } from './limits.ts'

export type Prompt = {
  text: string
  model?: string
  by?: string
  /** Paths of files that the session was sent, relative to its workspace. */
  attachments?: readonly string[]
  /** When a turn runs, or another prompt is to come first. Default: it is refused. */
  whenBusy?: 'reject' | 'queue'
  idempotency?: IdempotencyKey
}

/** A prompt whose turn can begin: its files were found. */
export type Start = {
  text: string
  /** Null: the session's. */
  model: string | null
  attachments: AttachedFile[]
  by?: string | undefined
  /** When it has waited. */
  promptId?: string
  idempotency?: IdempotencyKey | undefined
}

/** The turn that a prompt has begun, and the id of its `user` event. */
export type Accepted = { turn: number; eventId: number }

/** @throws bad_request or prompt_too_large */
export function checkPrompt({ text, model, attachments = [] }: Prompt): void {
  if (!/\S/.test(text))
    throw new CodedError('bad_request', 'A prompt needs a character that is not white space')
  if (!text.isWellFormed()) throw new CodedError('bad_request', 'A prompt must be well-formed Unicode')
  if (Buffer.byteLength(text) > LIMITS.promptBytesMax)
    throw new CodedError('prompt_too_large', `A prompt may have ${LIMITS.promptBytesMax} bytes`)
  if (attachments.length > LIMITS.attachmentsPerTurnMax)
    throw new CodedError('bad_request', `A prompt may have ${LIMITS.attachmentsPerTurnMax} attachments`)
  if (model !== undefined) checkModel(model)
}

/** @throws bad_request: a leading dash would make an agent take a model for an option */
export function checkModel(model: string): void {
  if (/^[!-,.-~][!-~]*$/.test(model) && model.length <= LIMITS.modelCharsMax) return
  throw new CodedError('bad_request', 'A model is printable ASCII without spaces, and begins with no dash')
}
