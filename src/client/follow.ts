/**
 * The loop of whoever follows a stream: connect from where it stands, pass on what is new, wait, connect again.
 * Owns when to go on and when to give up; bytes, frames and waits have their own files, and what a stream says
 * is its course.
 */

import type { EventSourceMessage } from 'eventsource-parser'
import { AttachError, BrokenStreamError, UnavailableError } from './errors.ts'
import { type FrameLimits, readFrames } from './frames.ts'
import { steadyMs } from './limits.ts'
import { createPace } from './pace.ts'
import { pause, type Rounds, wasAskedAgain } from './rounds.ts'
import { openStream, type StreamRequest } from './stream.ts'

/** Where a stream stands, for a page that shows it. */
export type StreamStatus = {
  state: 'connecting' | 'replaying' | 'live' | 'waiting' | 'resting'
  /** How many waits in a row there were since something came from the server. */
  attempt: number
  /** While waiting: how long. */
  retryInMs?: number
  /** When it begins to replay: what the server's clock showed then, to the second, in ms since the epoch. */
  servedAt?: number
  /** While waiting: why, unless the server just closed the stream. */
  error?: unknown
}

/** What one kind of stream is to the loop. It outlives its connections. */
export type Course<Item> = {
  /** How far it has come. The same number again: no further. */
  readonly place: number
  /** What to ask with, so that the stream goes on there. */
  headers(): Record<string, string>
  /** A connection begins. `admit` gives a frame's item, or undefined to skip it; it throws BrokenStreamError. */
  connect(): { first?: Item; admit: (frame: EventSourceMessage) => Item | undefined }
}

type FollowSettings = StreamRequest &
  FrameLimits & {
    random: () => number
    backOffMsMax: number
    now: () => number
    onStatus: (status: StreamStatus) => void
    onHeard: () => void
  }

export async function* follow<Item extends { type: string }>(
  settings: FollowSettings,
  course: Course<Item>,
  rounds: Rounds,
): AsyncGenerator<Item, void, undefined> {
  const { headers, random, backOffMsMax, now, onStatus, onHeard } = settings
  const pace = createPace(random, backOffMsMax)
  const tell = (state: StreamStatus['state'], more: Omit<StreamStatus, 'state' | 'attempt'> = {}) =>
    onStatus({ state, attempt: pace.attempt, ...more })
  /** Where the stream broke the contract the last time. */
  let brokenAt: number | undefined

  rounds.begin()
  try {
    while (!rounds.stopped) {
      if (rounds.resting) {
        const rest = rounds.next()
        tell('resting')
        await pause(undefined, rest)
        continue
      }
      tell('connecting')
      const round = rounds.next()
      const from = course.place
      const startedAt = now()
      let delivered = false
      let error: unknown
      try {
        const asked = { ...settings, headers: { ...headers, ...course.headers() } }
        const { body, servedAt } = await openStream(asked, round)
        tell('replaying', servedAt === undefined ? {} : { servedAt })
        const { first, admit } = course.connect()
        if (first && !rounds.stopped) yield first
        for await (const frames of readFrames(body, settings, round)) {
          delivered = true
          onHeard()
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
        if (brokenAt === course.place && !steady) {
          throw new AttachError({ status: 200, code: error.code, detail: error.message })
        }
        brokenAt = course.place
      } else if (steady) brokenAt = undefined
      if (wasAskedAgain(round)) {
        pace.reset()
        continue
      }
      const good = delivered && (steady || course.place > from)
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
