/**
 * The loop of an attachment: connect with the cursor, pass on what is new, wait, connect again.
 * Owns when to go on and when to give up; bytes, frames, ids and waits have their own files.
 */

import { createCursor } from './cursor.ts'
import { AttachError, BrokenStreamError, UnavailableError } from './errors.ts'
import { type FrameLimits, readFrames } from './frames.ts'
import { createGate } from './gate.ts'
import type { AttachItem } from './items.ts'
import { steadyMs } from './limits.ts'
import { createPace } from './pace.ts'
import { pause, type Rounds, wasAskedAgain } from './rounds.ts'
import { openStream, type StreamRequest } from './stream.ts'

/** Where an attachment stands, for a page that shows it. */
export type AttachStatus = {
  state: 'connecting' | 'replaying' | 'live' | 'waiting'
  /** The newest event's id; -1 is none. */
  lastEventId: number
  /** How many waits in a row there were since something came from the server. */
  attempt: number
  /** While waiting: how long. */
  retryInMs?: number
  /** While waiting: why, unless the server just closed the stream. */
  error?: unknown
}

type FollowSettings = StreamRequest &
  FrameLimits & {
    lastEventId: number
    random: () => number
    now: () => number
    onStatus: (status: AttachStatus) => void
  }

export async function* follow(
  settings: FollowSettings,
  rounds: Rounds,
): AsyncGenerator<AttachItem, void, undefined> {
  const { headers, random, now, onStatus } = settings
  const cursor = createCursor(settings.lastEventId)
  const pace = createPace(random)
  const tell = (state: AttachStatus['state'], more: { retryInMs?: number; error?: unknown } = {}) =>
    onStatus({ state, lastEventId: cursor.lastEventId, attempt: pace.attempt, ...more })
  /** Where the stream broke the contract the last time. */
  let brokenAt: number | undefined

  rounds.begin()
  try {
    while (!rounds.stopped) {
      tell('connecting')
      const round = rounds.next()
      const from = cursor.lastEventId
      const startedAt = now()
      let delivered = false
      let error: unknown
      try {
        const resume = from < 0 ? {} : { 'Last-Event-ID': String(from) }
        const body = await openStream({ ...settings, headers: { ...headers, ...resume } }, round)
        tell('replaying')
        const admit = createGate(cursor)
        for await (const frames of readFrames(body, settings, round)) {
          delivered = true
          for (const frame of frames) {
            const item = admit(frame)
            if (!item) continue
            if (item.type === 'caught-up') tell('live')
            if (rounds.stopped) return
            yield item
          }
        }
      } catch (caught) {
        if (rounds.stopped) return
        if (caught instanceof AttachError) throw caught
        error = caught
      }

      const steady = now() - startedAt >= steadyMs
      if (error instanceof BrokenStreamError) {
        if (brokenAt === cursor.lastEventId && !steady) {
          throw new AttachError({ status: 200, code: error.code, detail: error.message })
        }
        brokenAt = cursor.lastEventId
      }
      if (wasAskedAgain(round)) {
        pace.reset()
        continue
      }
      const good = delivered && (steady || cursor.lastEventId > from)
      const retryAfterMs = error instanceof UnavailableError ? error.retryAfterMs : 0
      const retryInMs = pace.waitMs({ delivered, good, retryAfterMs })
      if (retryInMs === 0) continue
      const wait = rounds.next()
      tell('waiting', { retryInMs, error })
      await pause(retryInMs, wait)
      if (wasAskedAgain(wait)) pace.reset()
    }
  } finally {
    rounds.stop()
  }
}
