/** The session machine's table, explored from its first turn on. */
import { initialTransition } from 'xstate'
import type { Cause, ProcessOutput } from '../../../src/machines/process-events.ts'
import { sessionMachine } from '../../../src/machines/session.ts'
import type { SessionMachineEvent } from '../../../src/machines/session-events.ts'
import { asking, DELAYS, LEFTOVERS, OUTPUT, withdrawing } from '../port-events.ts'
import { ASKED, NOTHING_KNOWN, type Sample, samplesOf, withContext } from './samples.ts'
import { exploreTable } from './table.ts'

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

export const sessionSamples: Sample[] = [
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

export const sessionTable = exploreTable({
  machine: sessionMachine,
  starts: [initialTransition(sessionMachine, { turn: 0, leftovers: LEFTOVERS, approvalTimeoutMs: 9 })[0]],
  samples: sessionSamples,
  facts: ({ context }) => [
    `turn ${context.turn}`,
    ...(context.asked.length > 0 ? ['asking'] : []),
    ...(context.deaf ? ['deaf'] : []),
  ],
  changes: (before, after, event) => {
    const [from, to] = [before.context.turn, after.context.turn]
    const open = [before, after].map(({ context }) => context.asked.length)
    return [
      ...(from === to
        ? []
        : [
            'turn' in event && event.turn === to
              ? 'takes turn'
              : `turn ${to > from ? '+' : '-'} ${Math.abs(to - from)}`,
          ]),
      ...(open[0] === open[1] ? [] : [`asked: ${open[1]}`]),
      ...(after.context.deaf && !before.context.deaf ? ['deaf'] : []),
    ]
  },
  // Numbers go on without end: all turns are like the first.
  forget: (snapshot) => withContext(snapshot, { turn: Math.min(snapshot.context.turn, 1) }),
})
