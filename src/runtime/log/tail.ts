/** The newest frames of one log, in memory, for clients at its end. Bounded; a value that is never changed. */
import { framesAfter, type Segment } from './frames.ts'

export type Tail = { segments: Segment[]; bytes: number }

export const EMPTY_TAIL: Tail = { segments: [], bytes: 0 }

/** The newest segment stays, however large: a client at the head must find it. */
export function extendTail(tail: Tail, segment: Segment, bytesMax: number): Tail {
  const segments = [...tail.segments, segment]
  let bytes = tail.bytes + segment.frames.length
  while (bytes > bytesMax && segments.length > 1) bytes -= segments.shift()!.frames.length
  return { segments, bytes }
}

/** What follows a cursor, at most about `bytesMax` of it; null when the tail does not reach back that far. */
export function readTail(tail: Tail, after: number, bytesMax: number): Segment | null {
  const oldest = tail.segments[0]
  if (oldest === undefined || after < oldest.first - 1) return null
  // From the end: most clients are at the newest segment.
  let index = tail.segments.findLastIndex((segment) => segment.first <= after + 1)
  const first = tail.segments[index]!
  if (after >= first.last) return null
  const parts = [framesAfter(first, after)]
  let bytes = parts[0]!.frames.length
  for (index += 1; index < tail.segments.length; index++) {
    const segment = tail.segments[index]!
    bytes += segment.frames.length
    if (bytes > bytesMax) break
    parts.push(segment)
  }
  if (parts.length === 1) return parts[0]!
  const frames = Buffer.concat(parts.map((part) => part.frames))
  return { first: after + 1, last: parts.at(-1)!.last, frames }
}
