/**
 * Bytes of one event stream in, SSE frames out. Owns the watch for a dead connection and the bound on
 * a frame; knows neither the frames' meaning nor what to do when a stream ends.
 */

import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { AttachError } from './errors.ts'

export type FrameLimits = { idleTimeoutMs: number; frameBytesMax: number }

/**
 * Yields what each chunk completed, and so an empty list for a keepalive or a frame's beginning. Reads only when
 * asked, so a slow consumer slows the server and nothing piles up here. Returns where the stream ends: a frame
 * cut in the middle is forgotten. Throws the reason when the round ends, or when no byte came for too long.
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  { idleTimeoutMs, frameBytesMax }: FrameLimits,
  round: AbortController,
): AsyncGenerator<EventSourceMessage[], void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let frames: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (frame) => frames.push(frame) })
  let bytesWaiting = 0

  // Besides aborting fetch: cancelling settles a pending read even where the abort does not reach the body.
  const hangUp = () => void reader.cancel().catch(() => {})
  round.signal.addEventListener('abort', hangUp)
  try {
    for (;;) {
      round.signal.throwIfAborted()
      // The clock runs during a read alone: the consumer's own slowness is no sign of a dead connection.
      const timer = setTimeout(() => round.abort(new Error(`no byte for ${idleTimeoutMs} ms`)), idleTimeoutMs)
      const { value, done } = await reader.read().finally(() => clearTimeout(timer))
      round.signal.throwIfAborted()
      if (done) return

      const text = decoder.decode(value, { stream: true })
      parser.feed(text)
      bytesWaiting = frames.length > 0 || endsWithBlankLine(text) ? 0 : bytesWaiting + value.byteLength
      if (bytesWaiting > frameBytesMax) {
        const detail = `a frame of more than ${frameBytesMax} bytes`
        throw new AttachError({ status: 200, code: 'frame_too_large', detail })
      }
      yield frames
      frames = []
    }
  } finally {
    round.signal.removeEventListener('abort', hangUp)
    hangUp()
  }
}

/** A keepalive completes no frame, yet nothing waits behind it. */
function endsWithBlankLine(text: string): boolean {
  return text.endsWith('\n\n') || text.endsWith('\n\r\n')
}
