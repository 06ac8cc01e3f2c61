/** The process machine's table, explored under every setting that a guard looks at. */
import { isDeepStrictEqual } from 'node:util'
import { type AnyMachineSnapshot, initialTransition } from 'xstate'
import { processMachine } from '../../../src/machines/process.ts'
import type { LeftoverPolicies, ProcessDelays, ProcessEvent } from '../../../src/machines/process-events.ts'
import {
  COMPLAINED,
  DELAYS,
  DISK_FULL,
  FINISHED,
  HEARD,
  INTERRUPTED,
  LEFTOVERS,
  LOST,
  OUTPUT,
  OVERFLOWED,
  START_FAILED,
  STARTED,
} from '../port-events.ts'
import { ASKED, NOTHING_KNOWN, type Sample, samplesOf, timersOf, withContext } from './samples.ts'
import { exploreTable } from './table.ts'

export const processSamples: Sample[] = [
  ...samplesOf<ProcessEvent>(
    {
      STARTED: [STARTED],
      START_FAILED: [START_FAILED, DISK_FULL],
      OUTPUT: [OUTPUT],
      HEARD: [HEARD],
      OVERFLOWED: [OVERFLOWED],
      FINISHED: [FINISHED, COMPLAINED],
      EXITED: [{ type: 'EXITED', exitCode: 7, signal: 'SIGHUP', error: 'stderr' }],
      LOST: [LOST, INTERRUPTED, { ...LOST, spare: true }],
      CLEARED: [{ type: 'CLEARED', survivors: 2 }],
      STOP: [{ type: 'STOP' }],
      ANSWER: [{ type: 'ANSWER', asked: ASKED, answer: { decision: 'allow' } }],
      ASKING: [
        { type: 'ASKING', asking: true },
        { type: 'ASKING', asking: false },
      ],
    },
    (event) => {
      if (event.type === 'ASKING') return event.asking ? 'ASKING' : 'ASKING no more'
      if (event.type === 'FINISHED') return event.error === null ? 'FINISHED' : 'FINISHED badly'
      if (event.type === 'LOST' && event.spare) return 'LOST spared'
      return event.type === 'LOST' || event.type === 'START_FAILED'
        ? `${event.type} ${event.cause}`
        : event.type
    },
  ),
  ...timersOf(processMachine),
  { name: 'port throws', event: { type: 'xstate.error.actor.port', error: 'fault' } },
]

// Only the parent can be told, and there is none here: what is told shows by the action's name.
const process = processMachine.provide({
  actions: { forward: () => {}, deafen: () => {}, noticeHung: () => {}, noticeStalled: () => {} },
})

const ELAPSED = { elapsedMs: 5 }
/** What a guard looks at, one at a time. */
const settings: Record<string, { delays?: Partial<ProcessDelays>; leftovers?: LeftoverPolicies }> = {
  usual: {},
  'no timeout': { delays: { turnTimeoutMs: null } },
  'silence unlimited': { delays: { stallNoticeMs: null, stallKillMs: null } },
  'all ended': { leftovers: { ended: 'kill', stopped: 'kill' } },
  'all spared': { leftovers: { ended: 'keep', stopped: 'report' } },
}

export const processTable = exploreTable({
  machine: process,
  starts: (['cancelled', null] as const).flatMap((stop) =>
    Object.values(settings).map(({ delays, leftovers }): AnyMachineSnapshot => {
      const input = {
        turn: 1,
        delays: { ...DELAYS, ...delays, ...ELAPSED },
        leftovers: { ...LEFTOVERS, ...leftovers },
        stop,
      }
      return initialTransition(process, input)[0]
    }),
  ),
  samples: processSamples,
  facts: ({ context }) => {
    const setting = Object.entries(settings).find(
      ([, { delays, leftovers }]) =>
        isDeepStrictEqual({ ...context.delays, ...ELAPSED }, { ...DELAYS, ...delays, ...ELAPSED }) &&
        isDeepStrictEqual(context.leftovers, { ...LEFTOVERS, ...leftovers }),
    )![0]
    return [
      context.cause ?? 'no cause',
      ...(context.asking ? ['asking'] : []),
      ...(setting === 'usual' ? [] : [setting]),
    ]
  },
  changes: (before, after, event) => {
    const isNews = (name: string): boolean => before.context[name] !== after.context[name]
    // What the sample happens to say of these is no rule: they are as the event has them.
    const isTaken = (name: string): boolean => Object.values(event).includes(after.context[name])
    const said = ['exitCode', 'signal', 'error', 'resultError', 'survivors'].filter(isNews)
    const taken = said.filter(isTaken)
    const decided = ['cause', 'asking'].filter(isNews).concat(said.filter((name) => !isTaken(name)))
    const restarted = before.context.delays.elapsedMs !== after.context.delays.elapsedMs
    return [
      ...decided.map((name) => `${name} = ${after.context[name]}`),
      ...(taken.length === 0 ? [] : [`takes ${taken.join(', ')}`]),
      ...(restarted ? ['the turn’s time begins anew'] : []),
    ]
  },
  forget: (snapshot) =>
    withContext(snapshot, {
      ...NOTHING_KNOWN,
      delays: { ...snapshot.context.delays, ...ELAPSED },
      // Looked at once, when it has started.
      asking: snapshot.value === 'starting' && snapshot.context.asking,
    }),
})
