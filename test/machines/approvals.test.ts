/** What an agent asks, through the session machine: who answers, when, and what becomes of what nobody answers. */
import { describe, expect, test } from 'vitest'
import { checkGrammar } from '../../src/client/check-log/grammar.ts'
import {
  APPROVAL_TIMEOUT_MS,
  asking,
  CLEARED,
  DELAYS,
  exited,
  FINISHED,
  OVERFLOWED,
  STARTED,
  withdrawing,
} from './port-events.ts'
import { type SimulatedSession, startSession } from './simulated-session.ts'

const running = (): SimulatedSession => {
  const session = startSession()
  session.prompt()
  session.port.say(STARTED)
  return session
}

describe('an approval', () => {
  const askedFor = (...ids: string[]): SimulatedSession => {
    const session = running()
    session.port.say(...ids.map(asking))
    return session
  }
  const resolutions = ({ events }: SimulatedSession) =>
    events.flatMap((event) => (event.kind === 'approval_resolved' ? [event] : []))

  test('is on record, with its spool, and so is its first answer, which the agent is told', () => {
    const session = askedFor('a')
    expect(session.events.at(-1)).toMatchObject({ kind: 'approval', turn: 1, approvalId: 'a' })
    expect(session.spools.at(-1)).toEqual({ offset: 8 })
    session.answer('a', { decision: 'deny', message: 'not now' }, 'phone')
    session.answer('a', { decision: 'allow' }, 'desk')
    expect(resolutions(session)).toMatchObject([
      { approvalId: 'a', decision: 'deny', message: 'not now', by: 'phone' },
    ])
    expect(session.port.answers).toMatchObject([{ approvalId: 'a', decision: 'deny', message: 'not now' }])
  })

  test('can be one of several, answered in any order', () => {
    const session = askedFor('a', 'b', 'c')
    session.answer('c')
    session.answer('a')
    session.answer('b')
    expect(session.port.answers.map(({ approvalId }) => approvalId)).toEqual(['c', 'a', 'b'])
    expect(checkGrammar(session.events)).toEqual([])
  })

  test('that the agent asks for twice under one name is one', () => {
    const session = askedFor('a', 'a')
    expect(session.kinds.filter((kind) => kind === 'approval')).toHaveLength(1)
  })

  test('of somebody else, or of nobody, cannot be answered', () => {
    const session = askedFor('a')
    session.answer('x')
    expect(resolutions(session)).toEqual([])
    expect(session.port.answers).toEqual([])
  })

  test('is denied at its deadline, and not a moment earlier', () => {
    const session = askedFor('a')
    session.clock.increment(APPROVAL_TIMEOUT_MS - 1)
    expect(resolutions(session)).toEqual([])
    session.clock.increment(1)
    expect(resolutions(session)).toMatchObject([{ decision: 'deny', by: 'deadline' }])
    expect(session.port.answers).toMatchObject([
      { decision: 'deny', message: expect.stringContaining('deadline') },
    ])
    expect(session.state).toBe('running')
  })

  test('waits for ever where there is no deadline', () => {
    const session = startSession({ approvalTimeoutMs: null })
    session.prompt()
    session.port.say(STARTED, asking('a'))
    session.clock.increment(2 ** 31 - 1)
    expect(resolutions(session)).toEqual([])
  })

  test('that was answered has no deadline any more, though its name comes again', () => {
    const session = askedFor('a')
    session.clock.increment(APPROVAL_TIMEOUT_MS - 1)
    session.answer('a')
    session.port.say(asking('a'))
    session.clock.increment(APPROVAL_TIMEOUT_MS - 1)
    expect(resolutions(session)).toHaveLength(1)
  })

  test('that is taken back and asked again at once has its own deadline', () => {
    const session = askedFor('a')
    session.clock.increment(APPROVAL_TIMEOUT_MS - 5)
    const [{ records: again }, { records: back }] = [asking('a'), withdrawing('a')]
    session.port.say({ type: 'OUTPUT', records: [...back, ...again], spool: null })
    session.clock.increment(APPROVAL_TIMEOUT_MS - 1)
    expect(resolutions(session)).toMatchObject([{ by: 'agent' }])
    session.clock.increment(1)
    expect(resolutions(session)).toMatchObject([{ by: 'agent' }, { by: 'deadline' }])
  })

  test('that is asked and taken back in one piece has no deadline at all', () => {
    const session = running()
    const [{ records: asked }, { records: back }] = [asking('a'), withdrawing('a')]
    session.port.say({ type: 'OUTPUT', records: [...asked, ...back], spool: null })
    session.clock.increment(5)
    session.port.say(asking('a'))
    session.clock.increment(APPROVAL_TIMEOUT_MS - 5)
    expect(resolutions(session)).toMatchObject([{ by: 'agent' }])
  })

  test.each([
    ['has said its last word', [FINISHED]],
    ['has gone', [exited(0)]],
    ['is being stopped', [OVERFLOWED]],
  ])('of an agent that %s is denied at once, now and later: nobody could tell it the answer', (_, said) => {
    const session = askedFor('a')
    session.port.say(...said)
    expect(resolutions(session)).toMatchObject([{ approvalId: 'a', decision: 'deny', by: 'server' }])
    session.answer('a')
    session.port.say(asking('b'))
    expect(resolutions(session).map(({ approvalId, by }) => [approvalId, by])).toEqual([
      ['a', 'server'],
      ['b', 'server'],
    ])
    expect(session.port.answers).toEqual([])
    session.port.say(exited(0), CLEARED)
    session.clock.increment(DELAYS.interruptGraceMs + DELAYS.terminateGraceMs + DELAYS.killGraceMs)
    session.prompt()
    session.port.say(STARTED, asking('c'))
    expect(session.events.at(-1)).toMatchObject({ kind: 'approval', approvalId: 'c' })
  })

  test('that the agent takes back is denied by it, and answered by nobody', () => {
    const session = askedFor('a')
    session.port.say(withdrawing('a'), withdrawing('a'), withdrawing('x'))
    expect(resolutions(session)).toMatchObject([{ approvalId: 'a', by: 'agent' }])
    session.answer('a')
    session.clock.increment(APPROVAL_TIMEOUT_MS)
    expect(resolutions(session)).toHaveLength(1)
    expect(session.port.answers).toEqual([])
  })

  test('is denied by a cancel, and one that comes after it as well; the interrupt is all that the agent hears', () => {
    const session = askedFor('a', 'b')
    session.cancel()
    session.port.say(asking('c'))
    session.answer('a')
    expect(session.kinds.slice(-5)).toEqual([
      ...['cancelling', 'approval_resolved', 'approval_resolved', 'approval', 'approval_resolved'],
    ])
    expect(resolutions(session).map(({ approvalId, by }) => [approvalId, by])).toEqual([
      ['a', 'cancel'],
      ['b', 'cancel'],
      ['c', 'cancel'],
    ])
    expect(session.port.commands).toEqual(['INTERRUPT'])
  })

  test('does not outlive its turn', () => {
    const session = askedFor('a')
    session.port.say(exited(0), CLEARED)
    expect(session.kinds.slice(-2)).toEqual(['approval_resolved', 'turn_end'])
    expect(resolutions(session)).toMatchObject([{ decision: 'deny', by: 'server' }])
    session.clock.increment(APPROVAL_TIMEOUT_MS)
    session.prompt()
    session.answer('a')
    expect(resolutions(session)).toHaveLength(1)
  })

  test('keeps the turn’s clocks from running, all of them until the last is answered', () => {
    const session = askedFor('a', 'b')
    session.clock.increment(DELAYS.turnTimeoutMs!)
    session.answer('a')
    session.clock.increment(DELAYS.stallKillMs!)
    expect(session.state).toBe('running')
    session.answer('b')
    session.clock.increment(DELAYS.stallKillMs!)
    session.port.say(exited(0), CLEARED)
    expect(session.events.at(-1)).toMatchObject({ outcome: 'timed_out' })
  })

  test('waits for the next server with what is left of its time', () => {
    const session = startSession({ turn: 7 })
    const { kind, ...asked } = asking('a').records[0]!
    const { kind: _, ...other } = asking('b').records[0]!
    session.adopt({
      ...{ turn: 7, cancelling: false },
      approvals: [
        { asked, remainingMs: 5 },
        { asked: other, remainingMs: null },
      ],
    })
    session.clock.increment(5)
    expect(resolutions(session)).toMatchObject([{ approvalId: 'a', by: 'deadline' }])
    session.answer('b')
    session.port.say(STARTED)
    expect(session.port.answers.map(({ approvalId }) => approvalId)).toEqual(['a', 'b'])
  })

  test('of an agent that asks without end is denied at once, beyond a hundred or 8 MiB of them', () => {
    const many = askedFor(...Array.from({ length: 101 }, (_, i) => `${i}`))
    expect(resolutions(many)).toMatchObject([{ approvalId: '100', decision: 'deny', by: 'server' }])
    expect(many.port.answers).toMatchObject([{ approvalId: '100', decision: 'deny' }])
    const large = running()
    for (const id of ['a', 'b', 'c']) {
      const { records, ...event } = asking(id)
      large.port.say({ ...event, records: [{ ...records[0]!, input: 'x'.repeat(4 * 2 ** 20 - 999) }] })
    }
    expect(resolutions(large)).toMatchObject([{ approvalId: 'c', by: 'server' }])
  })
})
