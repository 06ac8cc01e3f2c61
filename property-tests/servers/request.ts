/** One request as bare HTTP: no library makes the path, the headers or the body any better than they are. */
import { request as open } from 'node:http'

export type Request = {
  method: string
  path: string
  headers: Record<string, string | string[]>
  body: Uint8Array | null
}
export type Answer = { status: number; type: string; text: string }

/** A stream is left as soon as it has begun. */
export function request(url: string, { method, path, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    // Node leaves it out where a method has no body as a rule, and then the body is another request.
    const length = body === null ? {} : { 'content-length': String(body.length) }
    const options = { hostname, port, method, path, headers: { ...headers, ...length }, agent: false }
    const outgoing = open(options, async (response) => {
      const type = response.headers['content-type'] ?? ''
      const answer = { status: response.statusCode!, type, text: '' }
      if (type.startsWith('text/event-stream')) {
        outgoing.destroy()
        return resolve(answer)
      }
      response.setEncoding('utf8')
      for await (const part of response) answer.text += part
      outgoing.destroy()
      return resolve(answer)
    })
    outgoing.on('error', reject)
    outgoing.end(body ?? undefined)
  })
}
