/**
 * An event as the bytes of its SSE frame. Encoded once, when it is numbered; stored, kept and sent as it is.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
import type { Event, Partial } from '../../machines/events.ts'

/** Consecutive frames: the events `first` to `last` of one log. */
export type Segment = { first: number; last: number; frames: Buffer }

/** JSON has no bare CR or LF, so neither has a frame's data: the blank line ends it and nothing else does. */
/** @param event with its members in the order in which they travel, as `numberRecord` makes it */
export function encodeFrame(event: Event): string {
  return `id: ${event.id}\ndata: ${wellFormed(JSON.stringify(event))}\n\n`
}

/** No id: it is not part of the log, and a client's cursor does not move. */
export function encodePartial({ turn, block, kind, offset, text, parent }: Partial): Buffer {
  // Half a character becomes a replacement character, which is one code unit as well: offsets stay true.
  const data = JSON.stringify({ turn, block, kind, offset, text: text.toWellFormed(), parent })
  return Buffer.from(`event: partial\ndata: ${data}\n\n`)
}

/**
 * Half a character, which an agent can say in JSON, becomes a replacement character: strict parsers would refuse the
 * event. JSON.stringify escapes lone surrogates, and nothing else, as `\ud…`.
 */
const wellFormed = (json: string): string =>
  json.includes('\\ud') ? json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\ufffd') : json

/** The part of a segment behind a cursor. The cursor must lie in it or just before it. */
export function framesAfter(segment: Segment, after: number): Segment {
  if (after < segment.first) return segment
  const start = segment.frames.indexOf(`\n\nid: ${after + 1}\n`)
  if (start === -1) throw new Error(`no frame ${after + 1} in the segment ${segment.first}–${segment.last}`)
  return { first: after + 1, last: segment.last, frames: segment.frames.subarray(start + 2) }
}

/** The JSON texts of a segment's events, in order. */
export function eventTexts(segment: Segment): string[] {
  const texts = segment.frames.toString('utf8').split('\n\n')
  texts.pop()
  return texts.map((frame) => frame.slice(frame.indexOf('\ndata: ') + 7))
}
