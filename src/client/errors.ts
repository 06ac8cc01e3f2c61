/**
 * The errors of the client: two that callers see, and the internal ones that only mean "connect again".
 * Knows no transport; where each is thrown decides what it means.
 */

type Details = {
  status: number
  code: string
  detail: string
  problem?: Record<string, unknown>
  cause?: unknown
}

/** A refusal that is final, told in the server's words where it has any. */
abstract class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  /** All that the server said of it: with `already_resolved`, the `resolution` that was first. */
  readonly problem: Record<string, unknown>

  constructor({ status, code, detail, problem = {}, cause }: Details) {
    super(`${status} ${code}: ${detail}`, { cause })
    this.status = status
    this.code = code
    this.detail = detail
    this.problem = problem
  }
}

/**
 * An attachment ended for good; connecting again would end the same way.
 * `status` is the HTTP status of the answer (200 when its stream was at fault), `code` is the server's stable
 * code or one of `not_an_event_stream`, `redirect_refused`, `frame_too_large`, `id_jumped`, `bad_frame`.
 */
export class AttachError extends Refusal {
  override readonly name = 'AttachError'
}

/**
 * A request of the JSON routes failed. `status` is the HTTP status, 0 when no whole answer came; `code` is the
 * server's stable code or one of `unreachable`, `timed_out`, `redirect_refused`, `answer_too_large`, `not_json`.
 */
export class RequestError extends Refusal {
  override readonly name = 'RequestError'
}

/** The stream breaks the contract: worth one more connection, because a proxy may have torn it. */
export class BrokenStreamError extends Error {
  override readonly name = 'BrokenStreamError'
  readonly code: 'id_jumped' | 'bad_frame'

  constructor(code: 'id_jumped' | 'bad_frame', detail: string) {
    super(detail)
    this.code = code
  }
}

/** An answer that says "not now": 408, 429 or any 5xx. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
  readonly retryAfterMs: number

  constructor(status: number, retryAfterMs: number) {
    super(`the server answered ${status}`)
    this.retryAfterMs = retryAfterMs
  }
}
