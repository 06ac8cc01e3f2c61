/** What went wrong, in words for whoever holds the phone. */
import { AttachError, RequestError } from '../../client/index.ts'
import { visible } from '../visible.ts'

/** Where there is more to say than the server does, or less. */
const WORDS: Record<string, string> = {
  session_not_found: 'This session is not there any more.',
  session_deleted: 'This session was deleted.',
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

export function problemText(error: unknown): string {
  if (!(error instanceof RequestError || error instanceof AttachError))
    return 'That did not work: this page has a fault.'
  if (error.code === 'timed_out')
    return 'The server did not answer in time. It may have done it all the same.'
  if (error.status === 0) return 'The server cannot be reached.'
  if (error.status === 401) return 'This device is out. Pair it again.'
  const { code, detail } = error
  if (WORDS[code] !== undefined) return WORDS[code]
  return visible(/[.!?]$/.test(detail) ? detail : `${detail}.`)
}
