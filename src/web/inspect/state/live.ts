/** One session's machines as they go: what the server tells of them, by one stream. Knows no view. */
import { createStore } from '@xstate/store'
import type { StreamStatus } from '../../../client/follow.ts'
import type { Client, InspectItem, Inspection, Step } from '../../../client/index.ts'
import { LIMITS } from '../../limits.ts'
import { type Gone, whyGone } from '../../state/gone.ts'
import { followLink, type Link, NO_LINK } from '../../state/link.ts'
import { followClock, NO_CLOCK, type ServerClock } from '../../state/server-clock.ts'
import type { Look } from './process-tree.ts'

export type Live = {
  /** Null before the server has told. Its actors are those of when it was told. */
  inspection: Inspection | null
  /** When the server was started that ended the watching by it, ISO 8601; null: it did not. */
  restartedAt: string | null
  /** The newest, oldest first. */
  steps: readonly Step[]
  /** The number of the first step that had not been drawn before: of what goes on, not of what was kept. */
  sinceSeq: number
  /** The newest look at the turn's processes, and the one before it. */
  looks: readonly [Look | null, Look | null]
  clock: ServerClock
  link: Link
  gone: Gone | null
}

const NOTHING: Live = {
  ...{ inspection: null, restartedAt: null, steps: [], sinceSeq: 0, looks: [null, null] },
  ...{ clock: NO_CLOCK, link: NO_LINK, gone: null },
}

export type LiveDeps = {
  client: Pick<Client, 'inspector'>
  sessionId: string
  /** Calls back when the page is to be drawn: what came meanwhile is drawn at once. */
  schedule(draw: () => void): void
  /** Milliseconds of a clock that nobody sets. */
  now(): number
}

export function createLive({ client, sessionId, schedule, now }: LiveDeps) {
  const store = createStore({
    context: NOTHING,
    on: {
      items: (context, { items, at }: { items: readonly InspectItem[]; at: Moment }) =>
        followItems(context, items, at),
      status: (context, { status }: { status: StreamStatus }) => ({
        ...context,
        link: followLink(context.link, status, now()),
      }),
      gone: (context, { why }: { why: Gone }) => ({
        ...{ ...context, gone: why, link: { ...context.link, state: 'ended' as const, retryAt: null } },
      }),
    },
  })
  const ended = new AbortController()
  const following = client.inspector.follow(sessionId, {
    signal: ended.signal,
    now,
    backOffMsMax: LIMITS.retryMaxMs,
    onStatus: (status) => store.trigger.status({ status }),
    onHeard() {
      heardAt = now()
    },
  })
  let heardAt: number | null = null
  let waiting: InspectItem[] = []
  const take = (item: InspectItem): void => {
    if (waiting.push(item) > 1) return
    schedule(() => {
      const items = waiting
      waiting = []
      if (!ended.signal.aborted) store.trigger.items({ items, at: { now: now(), wall: Date.now() } })
    })
  }
  return {
    store,
    /** Fulfilled when that is over for good. */
    async run(): Promise<void> {
      try {
        for await (const item of following) take(item)
      } catch (error) {
        if (!ended.signal.aborted) store.trigger.gone({ why: whyGone(error) })
      }
    },
    reconnect: (): void => following.reconnect(),
    /** Lets go of the connection, until `reconnect`. */
    rest: (): void => following.rest(),
    heardAt: (): number | null => heardAt,
    end: (): void => ended.abort(),
  }
}

/** By the clock that nobody sets, and by the device's own. */
type Moment = { now: number; wall: number }

/** As the items change it; one new list of steps however many there are. */
function followItems(live: Live, items: readonly InspectItem[], moment: Moment): Live {
  let { inspection, restartedAt, looks, clock } = live
  const { served } = live.link
  let steps = [...live.steps]
  let shownSeq = steps.at(-1)?.seq ?? -1
  for (const item of items) {
    if (item.type === 'inspection') {
      restartedAt = restartedBetween(inspection, item.inspection) ?? (item.inspection.on ? null : restartedAt)
      inspection = item.inspection
      steps = []
      shownSeq = -1
      looks = [null, null]
    }
    if (item.type === 'step') {
      steps.push(item.step)
      clock = followClock(clock, { served, at: item.step.at, ...moment })
    }
    if (item.type === 'processes') {
      looks = [item, looks[0]]
      clock = followClock(clock, { served, at: item.at, ...moment })
    }
  }
  const isMore = items.some(({ type }) => type === 'step')
  const sinceSeq = isMore ? Math.max(shownSeq + 1, inspection?.nextSeq ?? 0) : live.sinceSeq
  return {
    ...{ ...live, inspection, restartedAt, looks, clock, sinceSeq },
    steps: steps.slice(-LIMITS.stepsKeptMax),
  }
}

/** When the server was started that knows nothing of what was watched before; null when it does. */
const restartedBetween = (before: Inspection | null, { on, serverStartedAt }: Inspection): string | null =>
  before?.on && !on && serverStartedAt !== before.serverStartedAt ? serverStartedAt : null
