/**
 * What is common to every answer of the server: a body read with a bound, a problem document
 * (RFC 9457), a refused redirect. Knows no route, and decides neither to retry nor to throw.
 */

import { problemBytesMax } from './limits.ts'

type Problem = { status: number; code: string; detail: string; problem: Record<string, unknown> }

/** The text of a body, or undefined (and the rest left unread) once it is longer than `bytesMax`. */
export async function readText(response: Response, bytesMax: number): Promise<string | undefined> {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const parts: string[] = []
  let bytes = 0
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return parts.join('') + decoder.decode()
    bytes += value.byteLength
    if (bytes > bytesMax) {
      reader.cancel().catch(() => {})
      return undefined
    }
    parts.push(decoder.decode(value, { stream: true }))
  }
}

/** What an answer that is an error says of itself. Never rejects: the status alone is enough to go by. */
export async function readProblem(response: Response): Promise<Problem> {
  const { status } = response
  const body = parseObject(await readText(response, problemBytesMax).catch(() => undefined))
  const told = (name: string) => (typeof body?.[name] === 'string' ? body[name] : undefined)
  return {
    status,
    code: told('code') ?? `http_${status}`,
    detail: told('detail') ?? told('title') ?? response.statusText,
    problem: body ?? {},
  }
}

/**
 * How to ask for redirects: followed, unless a token travels along. 'manual' and not 'error', which would look
 * like a network failure and be retried for ever.
 */
export function redirectMode(token: string | undefined): 'manual' | 'follow' {
  return token === undefined ? 'follow' : 'manual'
}

/** Whether the answer is a redirect that was not followed. A browser hides its status: `opaqueredirect`, 0. */
export function isRedirect(response: Response): boolean {
  return response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
}

/** The JSON object in `text`, or undefined when it holds anything else. */
export function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
