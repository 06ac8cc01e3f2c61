/** The one table of coded errors: what a caller is told, and with which status of HTTP. */

const ERRORS = {
  bad_request: [400, 'The request is not valid'],
  bad_json: [400, 'The body is not valid JSON'],
  bad_cursor: [400, 'The cursor is not a decimal event id'],
  unknown_agent: [400, 'No such agent'],
  workspace_not_allowed: [400, 'The workspace is not below an allowed root'],
  bad_file_name: [400, 'The file has no usable name'],
  attachment_not_found: [400, 'No such attachment'],
  unauthorized: [401, 'A valid credential is needed'],
  bad_code: [401, 'The code is wrong, used or too old'],
  proxy_only: [403, 'This server is asked through its proxy'],
  origin_not_allowed: [403, 'The page that asks is not one of this server'],
  cross_site: [403, 'Another site asks: open the address by hand'],
  header_missing: [403, 'A change needs a Bearer token, or X-Breakglass: 1 with an Origin'],
  not_found: [404, 'No such route'],
  device_not_found: [404, 'No such device'],
  session_not_found: [404, 'No such session'],
  prompt_not_found: [404, 'No such prompt waits'],
  not_acceptable: [406, 'None of the accepted media types can be served'],
  request_timeout: [408, 'The request took too long to arrive'],
  session_busy: [409, 'A turn is already running'],
  queue_full: [409, 'Too many prompts wait'],
  prompt_started: [409, 'The prompt has started'],
  already_resolved: [409, 'Somebody was faster'],
  approval_not_open: [409, 'The agent does not wait for this answer'],
  attachments_unusable: [409, 'The attachments folder of the workspace cannot be used'],
  too_many_devices: [409, 'Too many devices are paired'],
  too_many_inspected: [409, 'Too many sessions are inspected: switch some off'],
  too_many_sessions: [409, 'There are too many sessions: delete some'],
  session_deleted: [410, 'The session was deleted'],
  payload_too_large: [413, 'The body is too large'],
  prompt_too_large: [413, 'The prompt is too large'],
  file_too_large: [413, 'The file is too large'],
  too_many_files: [413, 'There are too many files'],
  unsupported_media_type: [415, 'The body has a media type that is not taken here'],
  host_not_allowed: [421, 'This server does not go by that name: see BREAKGLASS_ALLOWED_HOSTS'],
  idempotency_key_reused: [422, 'The idempotency key was used with another body'],
  too_many_attempts: [429, 'Too many wrong codes; try again later'],
  too_many_requests: [429, 'There were too many requests'],
  headers_too_large: [431, 'The headers are too large'],
  internal: [500, 'The server failed'],
  storage_failed: [503, 'The store could not write'],
  storage_full: [507, 'The disk is full'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ErrorName = keyof typeof ERRORS

/** An error that a caller caused or must know of. Nothing was changed when it is thrown. */
export class CodedError extends Error {
  readonly code: ErrorName
  readonly status: number
  readonly title: string

  /** Further members of the answer. */
  readonly extra: Record<string, unknown>

  constructor(code: ErrorName, detail?: string, extra: Record<string, unknown> = {}) {
    const [status, title] = ERRORS[code]
    super(detail ?? title)
    this.name = 'CodedError'
    this.code = code
    this.status = status
    this.title = title
    this.extra = extra
  }
}
