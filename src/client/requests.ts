/**
 * One request of the JSON routes: sends, waits within a bound, and turns whatever is not a success
 * into a RequestError. Knows no route.
 */

import { isRedirect, readProblem, readText, redirectMode } from './answer.ts'
import { RequestError } from './errors.ts'
import { answerBytesMax, uploadTimeoutMs } from './limits.ts'
import { canTell, createToldFetch } from './told-fetch.ts'

type RequestSettings = {
  /** The server's address, with or without a path in front of `/api`. */
  url: string
  token: string | undefined
  fetch: typeof globalThis.fetch
  timeoutMs: number
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A body is JSON, or a form of files; `onProgress` is told the share of it that has been sent, where that can be known. Resolves to the JSON of a success, undefined when it has no body; the caller says what it is. */
export type SendRequest = (
  method: Method,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  onProgress?: (share: number) => void,
) => Promise<unknown>

export const keyHeader = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { 'Idempotency-Key': key }

export function createRequests(settings: RequestSettings): SendRequest {
  const { url, token, fetch, timeoutMs } = settings
  const shared: Record<string, string> = { Accept: 'application/json' }
  if (token !== undefined) shared.Authorization = `Bearer ${token}`
  // What no page of another origin can send with the cookie of this one.
  else shared['X-Breakglass'] = '1'

  return async (method, path, body, headers, onProgress) => {
    const isForm = body instanceof FormData
    const init: RequestInit = {
      method,
      headers: { ...shared, ...headers },
      redirect: redirectMode(token),
      cache: 'no-store',
      signal: AbortSignal.timeout(isForm ? Math.max(timeoutMs, uploadTimeoutMs) : timeoutMs),
    }
    // A form brings its own type, with the boundary that fetch makes up.
    if (isForm) init.body = body
    else if (body !== undefined) {
      // Only with a body: an empty one that claims to be JSON is a 400.
      init.headers = { ...init.headers, 'Content-Type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    // Only where redirects are followed: the other fetch cannot refuse them.
    const isTold = onProgress !== undefined && init.redirect === 'follow' && canTell()
    const ask = isTold ? createToldFetch(onProgress) : fetch
    try {
      return await readAnswer(await ask(url + path, init))
    } catch (error) {
      throw error instanceof RequestError ? error : describeFailure(error)
    }
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const { status } = response
  if (isRedirect(response)) {
    throw new RequestError({ status, code: 'redirect_refused', detail: 'not followed, to wherever it leads' })
  }
  if (!response.ok) throw new RequestError(await readProblem(response))
  const text = await readText(response, answerBytesMax)
  if (text === undefined) {
    throw new RequestError({ status, code: 'answer_too_large', detail: `more than ${answerBytesMax} bytes` })
  }
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RequestError({ status, code: 'not_json', detail: text.slice(0, 80), cause })
  }
}

function describeFailure(cause: unknown): RequestError {
  const code = cause instanceof Error && cause.name === 'TimeoutError' ? 'timed_out' : 'unreachable'
  return new RequestError({ status: 0, code, detail: String(cause), cause })
}
