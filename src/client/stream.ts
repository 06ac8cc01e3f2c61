/**
 * Opens one event stream and judges the answer: a body to read, an error for good, or "not now".
 * Knows no frames, and never tries a second time.
 */

import { isRedirect, readProblem } from './answer.ts'
import { AttachError, UnavailableError } from './errors.ts'

export type StreamRequest = {
  url: string
  headers: Record<string, string>
  redirect: 'manual' | 'follow'
  fetch: typeof globalThis.fetch
  /** The time until the answer is judged. */
  timeoutMs: number
}

/** `servedAt`: the server's clock as it answered, to the second, in ms since the epoch; undefined: it did not say. */
type OpenStream = { body: ReadableStream<Uint8Array>; servedAt: number | undefined }

/** Rejects with AttachError (terminal), or with any other error (worth another try). Ends with the round. */
export async function openStream(request: StreamRequest, round: AbortController) {
  // fetch is called bare, as a method of some object a browser refuses it ("Illegal invocation").
  const { url, headers, redirect, fetch, timeoutMs } = request
  const timer = setTimeout(() => round.abort(new Error(`no answer for ${timeoutMs} ms`)), timeoutMs)
  try {
    const response = await fetch(url, { headers, redirect, cache: 'no-store', signal: round.signal })
    return await judge(response)
  } finally {
    clearTimeout(timer)
  }
}

async function judge(response: Response): Promise<OpenStream> {
  const { status, body } = response
  const type = response.headers.get('content-type') ?? ''
  if (status === 200 && body && /^\s*text\/event-stream\s*(;|$)/i.test(type)) {
    const date = Date.parse(response.headers.get('date') ?? '')
    return { body, servedAt: Number.isNaN(date) ? undefined : date }
  }

  if (isWorthRetrying(status)) {
    discard(response)
    throw new UnavailableError(status, readRetryAfterMs(response))
  }
  if (status >= 400) throw new AttachError(await readProblem(response))

  discard(response)
  throw isRedirect(response)
    ? new AttachError({ status, code: 'redirect_refused', detail: 'not followed, to wherever it leads' })
    : new AttachError({ status, code: 'not_an_event_stream', detail: `content-type: ${type || '(none)'}` })
}

function isWorthRetrying(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** The header's seconds; its other form, a date, rests on two clocks that agree and is not read. */
function readRetryAfterMs(response: Response): number {
  const value = response.headers.get('retry-after') ?? ''
  return /^\d+$/.test(value) ? Number(value) * 1000 : 0
}

function discard(response: Response) {
  response.body?.cancel().catch(() => {})
}
