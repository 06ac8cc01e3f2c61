import { describe, expect, test } from 'vitest'
import type { InspectedActor } from '../../../../src/client/index.ts'
import { contextAt } from '../../../../src/web/inspect/state/context-at.ts'
import { momentAt } from '../../../../src/web/inspect/state/moment.ts'
import { step } from './steps.ts'

const TIMER = { event: 'EXPIRE', startedAt: '2026-01-01T00:00:00.000Z', delayMs: 5 }
const IDLE = ['session.idle']
const RUNNING = ['session.turn', 'session.turn.running']
const STEPS = [
  step(0, { to: 'session', before: IDLE, after: RUNNING }),
  step(1, { to: 'process', after: ['process.starting'], timers: [TIMER] }),
  step(2, { to: 'port' }),
  step(3, { to: 'process', before: ['process.starting'], after: ['process.active'] }),
  step(4, { to: 'session', before: RUNNING, after: IDLE }),
]

const lit = (index: number, steps = STEPS) => {
  const { session, process } = momentAt(steps, index)
  return [session.lit, process.lit]
}

describe('at a step', () => {
  test('every actor is where its own last step left it', () => {
    expect(lit(0)).toEqual([RUNNING, []])
    expect(lit(2)).toEqual([RUNNING, ['process.starting']])
    expect(lit(3)).toEqual([RUNNING, ['process.active']])
  })

  test('what runs down is what that step left running', () => {
    expect(momentAt(STEPS, 2).process.timers).toEqual([TIMER])
    expect(momentAt(STEPS, 3).process.timers).toEqual([])
  })

  test('what every actor took is by its own last step; and by all of its own that are drawn at once', () => {
    const steps = [
      step(0, { to: 'session', taken: ['PROMPT'], after: RUNNING }),
      step(1, { to: 'process', taken: ['STARTED'], after: ['process.active'] }),
      step(2, { to: 'session', taken: ['CANCEL'], after: RUNNING }),
      step(3, { to: 'process', taken: ['STOP'], after: ['process.stopping'] }),
      step(4, { to: 'session', taken: ['DEAF'], after: RUNNING }),
      step(5, { to: 'port' }),
    ]
    const taken = (index: number, sinceSeq?: number) => {
      const { session, process } = momentAt(steps, index, sinceSeq === undefined ? {} : { sinceSeq })
      return [session.taken, session.seq, process.taken, process.seq]
    }
    expect(taken(1)).toEqual([['PROMPT'], 0, ['STARTED'], 1])
    expect(taken(5)).toEqual([['DEAF'], 4, ['STOP'], 3])
    expect(taken(5, 2)).toEqual([['CANCEL', 'DEAF'], 4, ['STOP'], 3])
    expect(taken(5, 5)).toEqual([['DEAF'], 4, ['STOP'], 3])
    expect(taken(-1)).toEqual([[], -1, [], -1])
  })

  test('a process is gone when its turn is, and the next turn has none of it', () => {
    expect(lit(4)).toEqual([IDLE, []])
    const next = step(5, { to: 'session', before: IDLE, after: RUNNING })
    expect(lit(5, [...STEPS, next])).toEqual([RUNNING, []])
  })

  test('before the first, each is where its first step found it, or where the server says that it is', () => {
    expect(lit(-1)).toEqual([IDLE, []])
    expect(lit(0, STEPS.slice(3))).toEqual([RUNNING, ['process.active']])
    const actor: InspectedActor = {
      id: 'session',
      status: 'active',
      states: RUNNING,
      context: {},
      timers: [TIMER],
    }
    expect(momentAt([], -1, { actors: [actor] }).session).toMatchObject({ lit: RUNNING, timers: [TIMER] })
  })

  test('a step of which nothing came changes nothing', () => {
    const lost = step(4, { to: 'process', after: [], lost: true })
    expect(lit(4, [...STEPS.slice(0, 4), lost])).toEqual([RUNNING, ['process.active']])
  })
})

describe('a context', () => {
  const change = (field: string, before: unknown, after: unknown) => ({ field, before, after })
  const steps = [
    step(7, { to: 'session', changes: [change('turn', 1, 2)] }),
    step(8, { to: 'process', changes: [change('turn', 8, 9)] }),
    step(9, { to: 'session', changes: [change('turn', 2, 3), change('stop', undefined, 'cancelled')] }),
    step(10, { to: 'session', changes: [change('turn', 3, 4)] }),
  ]
  const known = { context: { turn: 3, stop: 'cancelled', deaf: false }, seq: 10 }

  test.each([
    [-1, { turn: 1, deaf: false }],
    [0, { turn: 2, deaf: false }],
    [1, { turn: 2, deaf: false }],
    [2, { turn: 3, stop: 'cancelled', deaf: false }],
    [3, { turn: 4, stop: 'cancelled', deaf: false }],
  ])('at the step %i is what the steps up to it, and those since, make of it', (index, context) => {
    expect(contextAt(steps, index, 'session', known)).toEqual(context)
  })
})
