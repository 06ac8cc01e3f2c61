/** Every state × every event of both machines, in a file: a change of what may happen shows in a diff. */

import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition } from 'xstate'
import { processMachine } from '../../src/machines/process.ts'
import type {
  Cause,
  LeftoverPolicies,
  ProcessDelays,
  ProcessEvent,
  ProcessOutput,
} from '../../src/machines/process-events.ts'
import { sessionMachine } from '../../src/machines/session.ts'
import type { SessionMachineEvent } from '../../src/machines/session-events.ts'
import {
  asking,
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
  withdrawing,
} from './port-events.ts'
import { exploreTable, type Sample, type Table } from './table.ts'

/** A type of the vocabulary without a sample does not compile. */
type Samples<TEvent extends { type: string }> = {
  [TType in TEvent['type']]: [TEvent & { type: TType }, ...(TEvent & { type: TType })[]]
}

const samplesOf = <TEvent extends { type: string }>(
  samples: Samples<TEvent>,
  nameIt: (event: TEvent) => string,
): Sample[] => (Object.values(samples) as TEvent[][]).flat().map((event) => ({ name: nameIt(event), event }))

/** The timers of a machine, each by the name of its delay, and by its state where two have the same. */
const timersOf = (machine: AnyStateMachine): Sample[] => {
  const types = machine.events.filter((type) => type.startsWith('xstate.after.'))
  const delayOf = (type: string) => type.split('.')[2]!
  return types.map((type) => {
    const isOnlyOne = types.filter((other) => delayOf(other) === delayOf(type)).length === 1
    const state = isOnlyOne ? '' : ` (${type.split('.').at(-1)})`
    return { name: `after ${delayOf(type)}${state}`, event: { type } }
  })
}

const nodesOf = (machine: AnyStateMachine): string[] => {
  const nodes = [machine.root]
  for (const node of nodes) nodes.push(...Object.values(node.states))
  return nodes.map(({ id }) => id)
}

function expectWhole(machine: AnyStateMachine, samples: Sample[], { reached }: Table): void {
  // Whatever a machine listens to has a row, and every state is one that can be come to.
  expect(samples.map(({ event }) => event.type)).toEqual(expect.arrayContaining(machine.events))
  expect([...reached].sort()).toEqual(nodesOf(machine).sort())
}

const ASKED = {
  ...{ approvalId: 'a', toolUseId: 'u', toolName: 'Bash', input: {}, description: '', suggestions: [] },
}

const processSamples: Sample[] = [
  ...samplesOf<ProcessEvent>(
    {
      STARTED: [STARTED],
      START_FAILED: [START_FAILED, DISK_FULL],
      OUTPUT: [OUTPUT],
      HEARD: [HEARD],
      OVERFLOWED: [OVERFLOWED],
      FINISHED: [FINISHED, COMPLAINED],
      EXITED: [{ type: 'EXITED', exitCode: 7, signal: 'SIGHUP', error: 'stderr' }],
      LOST: [LOST, INTERRUPTED],
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

const withContext = (snapshot: AnyMachineSnapshot, fields: object): AnyMachineSnapshot => ({
  ...snapshot,
  context: { ...snapshot.context, ...fields },
})

const ELAPSED = { elapsedMs: 5 }
const NOTHING_KNOWN = { exitCode: null, signal: null, error: '', resultError: null, survivors: 0 }

/** What a guard looks at, one at a time. */
const settings: Record<string, { delays?: Partial<ProcessDelays>; leftovers?: LeftoverPolicies }> = {
  usual: {},
  'no timeout': { delays: { turnTimeoutMs: null } },
  'silence unlimited': { delays: { stallNoticeMs: null, stallKillMs: null } },
  'all ended': { leftovers: { ended: 'kill', stopped: 'kill' } },
  'all spared': { leftovers: { ended: 'keep', stopped: 'report' } },
}

const processTable = exploreTable({
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
  label: ({ context }) => {
    const cause = `${context.caused ? context.cause : 'no cause'}${context.asking ? ', asking' : ''}`
    const setting = Object.entries(settings).find(
      ([, { delays, leftovers }]) =>
        isDeepStrictEqual({ ...context.delays, ...ELAPSED }, { ...DELAYS, ...delays, ...ELAPSED }) &&
        isDeepStrictEqual(context.leftovers, { ...LEFTOVERS, ...leftovers }),
    )![0]
    return setting === 'usual' ? cause : `${cause}, ${setting}`
  },
  changes: (before, after) => {
    const names = ['cause', 'exitCode', 'signal', 'error', 'resultError', 'survivors', 'asking']
    const caused = !before.context.caused && after.context.caused
    const restarted = before.context.delays.elapsedMs !== after.context.delays.elapsedMs
    return [
      ...names
        .filter((name) => before.context[name] !== after.context[name] || (name === 'cause' && caused))
        .map((name) => `${name} = ${after.context[name]}`),
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

test('the process machine does in every state, for every event, what its table says', async () => {
  expectWhole(process, processSamples, processTable)
  await expect(processTable.text).toMatchFileSnapshot('./process-table.txt')
})

const outputs: Record<Cause, Partial<ProcessOutput>[]> = {
  exited: [{ exitCode: 0 }, { exitCode: 1 }, { exitCode: 0, resultError: 'Overloaded.' }],
  finished: [{}, { resultError: 'Overloaded.' }],
  cancelled: [{}],
  timed_out: [{}],
  stalled: [{}],
  output_limit: [{}],
  spawn_failed: [{}],
  disk_full: [{}],
  lost: [{}],
  interrupted: [{}],
}

const prompt = { type: 'PROMPT', text: 'Why?', agent: 'claude', model: null, delays: DELAYS } as const
const adopt = { type: 'ADOPT', turn: 9, delays: DELAYS } as const

const sessionSamples: Sample[] = [
  ...samplesOf<SessionMachineEvent>(
    {
      PROMPT: [prompt],
      ADOPT: [
        { ...adopt, cancelling: false },
        { ...adopt, cancelling: true },
        { ...adopt, cancelling: false, approvals: [{ asked: ASKED, remainingMs: 5 }] },
      ],
      CANCEL: [{ type: 'CANCEL', by: 'phone' }],
      OUTPUT: [OUTPUT, { type: 'OUTPUT', records: [], spool: { offset: 9 } }, asking('a'), withdrawing('a')],
      ANSWER: [{ type: 'ANSWER', approvalId: 'a', decision: 'allow', by: 'phone', message: '' }],
      EXPIRE: [{ type: 'EXPIRE', approvalId: 'a' }],
      DEAF: [{ type: 'DEAF' }],
      UNRECORDED: [
        { type: 'UNRECORDED', turn: 1 },
        { type: 'UNRECORDED', turn: 99 },
      ],
    },
    (event) => {
      if (event.type === 'ADOPT' && event.approvals) return 'ADOPT asking'
      if (event.type === 'ADOPT') return event.cancelling ? 'ADOPT cancelling' : 'ADOPT'
      if (event.type === 'OUTPUT') return ['OUTPUT', event.records[0]?.kind ?? 'spool alone'].join(' ')
      if (event.type === 'UNRECORDED') return event.turn === 99 ? 'UNRECORDED another' : 'UNRECORDED'
      return event.type
    },
  ),
  ...Object.entries(outputs).flatMap(([cause, variants]) =>
    variants.map((fields) => {
      const output = { cause, ...NOTHING_KNOWN, ...fields }
      const how = [
        output.exitCode === null ? '' : ` ${output.exitCode}`,
        output.resultError === null ? '' : ' badly',
      ]
      return { name: `process ${cause}${how.join('')}`, event: { type: 'xstate.done.actor.process', output } }
    }),
  ),
  { name: 'process fails', event: { type: 'xstate.error.actor.process', error: 'fault' } },
]

const sessionTable = exploreTable({
  machine: sessionMachine,
  starts: [initialTransition(sessionMachine, { turn: 0, leftovers: LEFTOVERS, approvalTimeoutMs: 9 })[0]],
  samples: sessionSamples,
  label: ({ context }) =>
    `turn ${context.turn}${context.asked.length > 0 ? ', asking' : ''}${context.deaf ? ', deaf' : ''}`,
  changes: (before, after) => {
    const [from, to] = [before.context.turn, after.context.turn]
    const open = [before, after].map(({ context }) => context.asked.length)
    return [
      ...(from === to
        ? []
        : [to === adopt.turn ? `turn = ${to}` : `turn ${to > from ? '+' : '-'} ${Math.abs(to - from)}`]),
      ...(open[0] === open[1] ? [] : [`asked: ${open[1]}`]),
      ...(after.context.deaf && !before.context.deaf ? ['deaf'] : []),
    ]
  },
  // Numbers go on without end: all turns are like the first.
  forget: (snapshot) => withContext(snapshot, { turn: Math.min(snapshot.context.turn, 1) }),
})

test('the session machine does in every state, for every event, what its table says', async () => {
  expectWhole(sessionMachine, sessionSamples, sessionTable)
  await expect(sessionTable.text).toMatchFileSnapshot('./session-table.txt')
})
