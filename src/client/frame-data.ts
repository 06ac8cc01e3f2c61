/** The JSON object that a frame carries. Knows no name of a frame. */

import type { EventSourceMessage } from 'eventsource-parser'
import { parseObject } from './answer.ts'
import { BrokenStreamError } from './errors.ts'

/** Throws BrokenStreamError. */
export function decodeData(frame: EventSourceMessage): Record<string, unknown> {
  const data = parseObject(frame.data)
  if (!data) throw new BrokenStreamError('bad_frame', `a frame without a JSON object: ${shorten(frame.data)}`)
  return data
}

export function shorten(text: string | undefined): string {
  return text === undefined ? '(none)' : JSON.stringify(text.slice(0, 80))
}
