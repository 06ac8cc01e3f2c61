/** What the server refused, in words for the operator. Pure. */
import { RequestError } from '../../client/index.ts'

const WORDS: Record<string, string> = {
  unreachable: 'The server cannot be reached.',
  timed_out: 'The server did not answer in time.',
  unauthorized: 'This device is out: pair it again.',
  session_not_found: 'This session is not there any more.',
  session_deleted: 'This session was deleted.',
  session_busy: 'A turn runs already.',
  queue_full: 'Too many prompts wait already.',
  prompt_started: 'It has begun already.',
  prompt_not_found: 'It does not wait any more.',
  prompt_too_large: 'It is too long: 4 MiB at most.',
  attachment_not_found: 'A file of it is not there any more: attach it again.',
  attachments_unusable: 'The session’s folder for files cannot be used.',
  bad_file_name: 'The file’s name cannot be used.',
  file_too_large: 'It is larger than 20 MiB.',
  too_many_files: 'The session has as many files as it may have.',
  storage_full: 'The server’s disk is full.',
  storage_failed: 'The server cannot store it.',
  too_many_requests: 'The server was asked too often.',
  approval_not_open: 'It is not asked any more.',
}

/** Never empty; what is not known is said as the server says it. */
export function refusalText(error: unknown): string {
  if (!(error instanceof RequestError)) return String(error)
  return WORDS[error.code] ?? (error.detail === '' ? error.code : `${error.detail} (${error.code})`)
}
