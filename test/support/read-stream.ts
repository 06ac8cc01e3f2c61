/** Reads an event stream as bare HTTP: what is on the wire, frame by frame, with nothing in between. */
import { request } from 'node:http'

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a frame, and fails where it is not so
export type Frame = { id?: number; event?: string; data?: any; comment?: string; retry?: number }

const parse = (text: string): Frame => {
  const frame: Frame = {}
  for (const line of text.split('\n')) {
    if (line.startsWith(':')) frame.comment = line.slice(1).trim()
    const [, field, value] = /^(\w+): (.*)$/.exec(line) ?? []
    if (field === 'id' || field === 'retry') frame[field] = Number(value)
    if (field === 'event') frame.event = value!
    if (field === 'data') frame.data = JSON.parse(value!)
  }
  return frame
}

/**
 * @param options.until ends the stream after the first frame for which it is true
 * @param options.cutAfter ends it after so many frames with an id, as a lost connection would
 * @returns all complete frames until then, or until the server ended it
 */
export function readStream(
  url: string,
  options: {
    token: string
    lastEventId?: number | string
    until?: (frame: Frame) => boolean
    cutAfter?: number
    onFrame?: (frame: Frame) => void
  },
): Promise<{ status: number; headers: Record<string, unknown>; frames: Frame[]; text: string }> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      accept: 'text/event-stream',
      authorization: `Bearer ${options.token}`,
    }
    if (options.lastEventId !== undefined) headers['last-event-id'] = String(options.lastEventId)
    const outgoing = request(url, { headers, agent: false }, (response) => {
      const frames: Frame[] = []
      let text = ''
      let rest = ''
      let ids = 0
      const finish = (): void => {
        outgoing.destroy()
        resolve({ status: response.statusCode!, headers: response.headers, frames, text })
      }
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        rest += chunk
        for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
          const frame = parse(rest.slice(0, end))
          rest = rest.slice(end + 2)
          frames.push(frame)
          options.onFrame?.(frame)
          if (frame.id !== undefined) ids++
          if (options.until?.(frame) || ids === options.cutAfter) return finish()
        }
      })
      response.on('end', finish)
      response.on('error', finish)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

export const isTurnEnd = (frame: Frame): boolean => frame.data?.kind === 'turn_end'
export const isCaughtUp = (frame: Frame): boolean => frame.event === 'caught-up'

/** Until the newest turn has ended. */
export const untilTurnEnd = (url: string, token: string, lastEventId?: number) =>
  readStream(url, { token, until: isTurnEnd, ...(lastEventId === undefined ? {} : { lastEventId }) })
