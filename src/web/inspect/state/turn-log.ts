/** One turn of a session, as its log tells it: what there is, and for as long as it runs what is added. Knows no view. */
import { createStore } from '@xstate/store'
import type { Attachment, Client, Event } from '../../../client/index.ts'
import { LIMITS } from '../../limits.ts'
import { followLink, type Link, NO_LINK } from '../../state/link.ts'
import { problemText } from '../../state/problem-text.ts'
import { readTurn } from '../log/find-turn.ts'
import { createRecording, type Recording } from './recording.ts'

export type TurnLog = {
  /** Null before the log was read. */
  recording: Recording | null
  /** Whether there is more to come. */
  isRunning: boolean
  /** Of the stream that brings what is added; there is none when the turn has ended. */
  link: Link
  /** Why there is not more, in words; empty when there is no more, or it comes. */
  problem: string
}

export type TurnLogDeps = {
  client: Pick<Client, 'sessions' | 'events' | 'attach'>
  sessionId: string
  turn: number
  /** Calls back when the page is to be drawn: what came meanwhile is drawn at once. */
  schedule(draw: () => void): void
  /** Milliseconds of a clock that nobody sets. */
  now(): number
}

export function createTurnLog({ client, sessionId, turn, schedule, now }: TurnLogDeps) {
  const store = createStore({
    context: { recording: null, isRunning: false, link: NO_LINK, problem: '' } as TurnLog,
    on: {
      read: (context, read: Pick<TurnLog, 'recording' | 'isRunning'>) => ({ ...context, ...read }),
      linked: (context, { link }: { link: Link }) => ({ ...context, link }),
      failed: (context, { problem }: { problem: string }) => ({ ...context, problem }),
    },
  })
  const ended = new AbortController()
  let following: Attachment | null = null
  let heardAt: number | null = null

  const follow = (lastEventId: number): Attachment =>
    client.attach(sessionId, {
      ...{ lastEventId, signal: ended.signal, now, backOffMsMax: LIMITS.retryMaxMs },
      onStatus: (status) =>
        store.trigger.linked({ link: followLink(store.getSnapshot().context.link, status, now()) }),
      onHeard() {
        heardAt = now()
      },
    })

  const read = async (): Promise<void> => {
    const { lastEventId } = await client.sessions.get(sessionId)
    const { events, isCut } = await readTurn(client, { sessionId, turn, lastEventId })
    if (ended.signal.aborted) return
    const recording = createRecording(events, isCut)
    const isRunning = events.length > 0 && recording.isOpen && !isCut
    store.trigger.read({ recording, isRunning })
    if (!isRunning) return
    following = follow(events.at(-1)!.id)
    if (await readOn(following, [...events])) return
    // It was restored from a backup.
    store.trigger.read({ recording: null, isRunning: false })
    await read()
  }

  /** @returns whether it is still the log that it was */
  const readOn = async (added: Attachment, events: Event[]): Promise<boolean> => {
    let [isDue, isRunning, isCut] = [false, true, false]
    const show = (): void => {
      isDue = false
      if (!ended.signal.aborted)
        store.trigger.read({ recording: createRecording([...events], isCut), isRunning })
    }
    for await (const item of added) {
      if (item.type === 'reset') return false
      if (item.type !== 'event') continue
      const isOther = item.event.turn > turn
      if (!isOther) events.push(item.event)
      isCut = events.length >= LIMITS.turnEventsMax
      isRunning = !isOther && !isCut && item.event.kind !== 'turn_end'
      if (!isDue) schedule(show)
      isDue = true
      if (!isRunning) return true
    }
    return true
  }

  return {
    store,
    /** Fulfilled when there is no more to come. */
    run: (): Promise<void> =>
      read().catch((error) => {
        if (!ended.signal.aborted) store.trigger.failed({ problem: problemText(error) })
      }),
    reconnect: (): void => following?.reconnect(),
    /** Lets go of the connection, until `reconnect`. */
    rest: (): void => following?.rest(),
    heardAt: (): number | null => heardAt,
    end: (): void => ended.abort(),
  }
}
