import { describe, expect, test } from 'vitest'
import { createActor, fromCallback } from 'xstate'
import { checkGrammar } from '../../src/client/check-log/grammar.ts'
import type { LogRecord } from '../../src/machines/events.ts'
import { processMachine } from '../../src/machines/process.ts'
import type { PortCommand } from '../../src/machines/process-events.ts'
import { sessionMachine, stateName } from '../../src/machines/session.ts'
import {
  CLEARED,
  COMPLAINED,
  DELAYS,
  DISK_FULL,
  exited,
  FINISHED,
  HEARD,
  INTERRUPTED,
  LEFTOVERS,
  LOST,
  OUTPUT,
  OVERFLOWED,
  START_FAILED,
  STARTED,
} from './port-events.ts'
import { type SimulatedSession, startSession } from './simulated-session.ts'

const prompted = (): SimulatedSession => {
  const session = startSession()
  session.prompt()
  return session
}

const running = (): SimulatedSession => {
  const session = prompted()
  session.port.say(STARTED)
  return session
}

const cancelled = (): SimulatedSession => {
  const session = running()
  session.cancel()
  return session
}

const endOf = (session: SimulatedSession) => session.events.at(-1)

describe('a turn', () => {
  test('is on record with its first two events in one piece before its process starts', () => {
    const session = startSession()
    const appended: { kinds: string[]; running: number }[] = []
    session.actor.on('append', ({ records }) =>
      appended.push({ kinds: records.map(({ kind }) => kind), running: session.port.running }),
    )
    session.actor.send({
      type: 'PROMPT',
      text: 'Why?',
      promptId: 'p',
      by: 'phone',
      agent: 'claude',
      model: 'opus',
      delays: DELAYS,
    })
    expect(appended).toMatchObject([{ kinds: ['user', 'turn_start'] }])
    expect(session.events).toMatchObject([
      { kind: 'user', turn: 1, text: 'Why?', promptId: 'p', by: 'phone' },
      { kind: 'turn_start', turn: 1, agent: 'claude', model: 'opus' },
    ])
    expect(session.port.turns).toEqual([1])
  })

  test('says nothing of who asked when nobody said it', () => {
    expect(prompted().events[0]).not.toHaveProperty('by')
  })

  test('goes from its prompt to its end, and what the agent says is stored with how far it was read', () => {
    const session = running()
    session.port.say(OUTPUT, FINISHED, exited(0), CLEARED)
    expect(session.kinds).toEqual(['user', 'turn_start', 'text', 'turn_end'])
    expect(session.spools).toEqual([{ offset: 7 }])
    expect(endOf(session)).toMatchObject({ outcome: 'completed', exitCode: 0, signal: null, survivors: 0 })
    expect(session.state).toBe('idle')
  })

  test('takes one number after the other, and one process after the other', () => {
    const session = startSession({ turn: 41 })
    for (const turn of [42, 43]) {
      session.prompt()
      session.port.say(STARTED, exited(0), CLEARED)
      expect(endOf(session)).toMatchObject({ kind: 'turn_end', turn })
    }
    expect(session.port.turns).toEqual([42, 43])
  })

  test('refuses a second prompt while it runs: nothing is recorded and nothing started', () => {
    const session = running()
    const prompt = { type: 'PROMPT', text: '2', agent: 'claude', model: null, delays: DELAYS } as const
    expect(session.actor.getSnapshot().can(prompt)).toBe(false)
    session.prompt()
    expect(session.kinds).toEqual(['user', 'turn_start'])
    expect(session.port.turns).toEqual([1])
    session.cancel()
    expect(session.actor.getSnapshot().can(prompt)).toBe(false)
  })

  test('stores a spool that came with no records', () => {
    const session = running()
    session.port.say({ type: 'OUTPUT', records: [], spool: { offset: 9 } })
    expect(session.spools).toEqual([{ offset: 9 }])
    expect(session.kinds).toEqual(['user', 'turn_start'])
  })
})

describe('how a turn ends', () => {
  const endings: [string, (session: SimulatedSession) => void, string[], object][] = [
    [
      'exit 0',
      ({ port }) => port.say(STARTED, exited(0), CLEARED),
      [],
      { outcome: 'completed', exitCode: 0 },
    ],
    [
      'exit 1 after a good result',
      ({ port }) => port.say(STARTED, FINISHED, exited(1), CLEARED),
      ['exit_nonzero'],
      { outcome: 'failed', exitCode: 1 },
    ],
    [
      'exit 0 after a complaint',
      ({ port }) => port.say(STARTED, COMPLAINED, exited(0), CLEARED),
      ['agent_error'],
      { outcome: 'failed', exitCode: 0 },
    ],
    [
      'an agent that cannot be started',
      ({ port }) => port.say(START_FAILED),
      ['spawn_failed'],
      { outcome: 'failed', exitCode: null },
    ],
    [
      'an agent that there is no room for',
      ({ port }) => port.say(DISK_FULL),
      ['disk_full'],
      { outcome: 'failed', exitCode: null },
    ],
    [
      'an agent that says too much',
      ({ port }) => port.say(STARTED, OVERFLOWED, exited(130), CLEARED),
      ['output_limit'],
      { outcome: 'failed', exitCode: 130 },
    ],
    [
      'an agent that falls silent',
      ({ port, clock }) => {
        port.say(STARTED)
        clock.increment(DELAYS.stallNoticeMs!)
        clock.increment(DELAYS.stallKillMs! - DELAYS.stallNoticeMs!)
        port.say(exited(143), CLEARED)
      },
      ['notice', 'stalled'],
      { outcome: 'timed_out', exitCode: 143 },
    ],
    ['a loss', ({ port }) => port.say(STARTED, LOST, CLEARED), ['lost'], { outcome: 'lost' }],
    [
      'a restart of the machine',
      ({ port }) => port.say(STARTED, INTERRUPTED, CLEARED),
      ['interrupted'],
      { outcome: 'interrupted' },
    ],
    [
      'its timeout',
      ({ port, clock }) => {
        port.say(STARTED, OUTPUT)
        for (let part = 0; part < 4; part++) {
          port.say(HEARD)
          clock.increment(DELAYS.turnTimeoutMs! / 4)
        }
        port.say(exited(143), CLEARED)
      },
      ['text', 'timed_out'],
      { outcome: 'timed_out' },
    ],
    [
      'a hang after a good result',
      ({ port, clock }) => {
        port.say(STARTED, FINISHED)
        clock.increment(DELAYS.resultGraceMs)
        port.say({ type: 'EXITED', exitCode: 143, signal: 'SIGTERM', error: 'Terminated' }, CLEARED)
      },
      ['notice'],
      { outcome: 'completed', exitCode: 143, signal: 'SIGTERM' },
    ],
  ]

  test.each(endings)('%s', (_, run, between, end) => {
    const session = prompted()
    run(session)
    const said = session.events
      .slice(2, -1)
      .map((event) => (event.kind === 'error' ? event.code : event.kind))
    expect(said).toEqual(between)
    expect(endOf(session)).toMatchObject({ kind: 'turn_end', turn: 1, ...end })
    expect(checkGrammar(session.events)).toEqual([])
    expect(session.state).toBe('idle')
    expect(session.port.running).toBe(0)
  })

  test('with what an agent that exits by itself leaves behind, once that is counted', () => {
    const session = running()
    session.port.say(exited(0))
    expect(session.state).toBe('running')
    session.port.say({ type: 'CLEARED', survivors: 4 })
    expect(endOf(session)).toMatchObject({ outcome: 'completed', exitCode: 0, survivors: 4 })
  })

  test('with what SIGKILL did not end', () => {
    const session = cancelled()
    session.port.say({ type: 'CLEARED', survivors: 3 })
    expect(endOf(session)).toMatchObject({ outcome: 'cancelled', survivors: 3 })
  })

  test('once: what a port says after it reaches nobody', () => {
    const session = running()
    session.port.say(exited(0), CLEARED, exited(1), LOST, OUTPUT, CLEARED)
    expect(session.kinds).toEqual(['user', 'turn_start', 'turn_end'])
    expect(endOf(session)).toMatchObject({ outcome: 'completed' })
  })
})

describe('a cancel', () => {
  test('is on record at once, and took effect when the process is gone', () => {
    const session = cancelled()
    expect(session.events.at(-1)).toMatchObject({ kind: 'cancelling', turn: 1, by: 'phone' })
    expect(session.state).toBe('cancelling')
    expect(session.port.running).toBe(1)
    session.port.say(OUTPUT, exited(130), CLEARED)
    expect(session.kinds).toEqual(['user', 'turn_start', 'cancelling', 'text', 'cancelled', 'turn_end'])
    expect(endOf(session)).toMatchObject({ outcome: 'cancelled', exitCode: 130 })
  })

  test('is recorded before what the port answers it in the same step', () => {
    const session = running()
    session.port.answerWith(({ type }) => (type === 'INTERRUPT' ? [OUTPUT, exited(1)] : [CLEARED]))
    session.cancel()
    expect(session.kinds).toEqual(['user', 'turn_start', 'cancelling', 'text', 'cancelled', 'turn_end'])
    expect(session.state).toBe('idle')
  })

  test('while the agent starts ends the turn when nothing was started', () => {
    const session = prompted()
    session.cancel()
    session.port.say(CLEARED)
    expect(session.kinds).toEqual(['user', 'turn_start', 'cancelling', 'cancelled', 'turn_end'])
    expect(session.port.commands).toEqual(['ABANDON'])
  })

  test('while idle, and a second one, are ignored', () => {
    const session = startSession()
    session.cancel()
    expect(session.kinds).toEqual([])
    session.prompt()
    session.cancel('phone')
    session.cancel('terminal')
    expect(session.events.filter(({ kind }) => kind === 'cancelling')).toMatchObject([{ by: 'phone' }])
    expect(session.port.commands).toEqual(['ABANDON'])
  })

  test.each<[string, (session: SimulatedSession) => void, string]>([
    ['a timeout', ({ clock }) => clock.increment(DELAYS.turnTimeoutMs!), 'timed_out'],
    ['a loss', ({ port }) => port.say(LOST), 'lost'],
    ['a result', ({ port }) => port.say(FINISHED), 'completed'],
  ])('after %s is on record, but is not what ended the turn', (_, before, outcome) => {
    const session = running()
    before(session)
    session.cancel()
    expect(session.state).toBe('cancelling')
    session.port.say(CLEARED)
    expect(session.kinds).toContain('cancelling')
    expect(session.kinds).not.toContain('cancelled')
    expect(endOf(session)).toMatchObject({ outcome })
    expect(checkGrammar(session.events)).toEqual([])
  })

  test('after the exit ends what is left behind, is on record, and is not what ended the turn', () => {
    const session = running()
    session.port.say(exited(0))
    session.cancel()
    expect(session.port.commands).toEqual(['REPORT', 'TERMINATE'])
    session.port.say(CLEARED)
    expect(session.kinds).toEqual(['user', 'turn_start', 'cancelling', 'turn_end'])
    expect(endOf(session)).toMatchObject({ outcome: 'completed', survivors: 0 })
    expect(checkGrammar(session.events)).toEqual([])
  })

  test('after the end comes too late: nothing is recorded', () => {
    const session = running()
    session.port.say(exited(0), CLEARED)
    session.cancel()
    expect(session.kinds).toEqual(['user', 'turn_start', 'turn_end'])
  })
})

describe('an adopted turn', () => {
  test('that was running is started by nobody a second time in the log, and goes on to its end', () => {
    const session = startSession({ turn: 3 })
    session.adopt({ turn: 3, cancelling: false })
    expect(session.state).toBe('running')
    expect(session.port.turns).toEqual([3])
    expect(session.port.commands).toEqual([])
    session.port.say(STARTED, OUTPUT, exited(0), CLEARED)
    expect(session.events).toMatchObject([
      { kind: 'text', turn: 3 },
      { kind: 'turn_end', turn: 3, outcome: 'completed' },
    ])
  })

  test('can be cancelled', () => {
    const session = startSession({ turn: 3 })
    session.adopt({ turn: 3, cancelling: false })
    session.port.say(STARTED)
    session.cancel()
    session.port.say(CLEARED)
    expect(session.kinds).toEqual(['cancelling', 'cancelled', 'turn_end'])
  })

  test('that was being cancelled goes on with that: its kill ladder starts anew', () => {
    const session = startSession({ turn: 3 })
    session.adopt({ turn: 3, cancelling: true })
    expect(session.state).toBe('cancelling')
    session.cancel()
    expect(session.kinds).toEqual([])
    session.port.say(STARTED)
    expect(session.port.commands).toEqual(['ABANDON', 'INTERRUPT'])
    session.port.say(exited(130), CLEARED)
    expect(session.kinds).toEqual(['cancelled', 'turn_end'])
    session.prompt()
    session.port.say(STARTED)
    expect(session.port.commands).toEqual(['ABANDON', 'INTERRUPT', 'TERMINATE'])
    expect(session.events.at(-1)).toMatchObject({ kind: 'turn_start', turn: 4 })
  })
})

describe('a turn that the store did not take', () => {
  test('never was: its process is let go, nothing is recorded, and the next one has its number', () => {
    const session = startSession({ turn: 6 })
    session.prompt()
    session.actor.send({ type: 'UNRECORDED', turn: 7 })
    expect(session.state).toBe('idle')
    expect(session.port.running).toBe(0)
    expect(session.kinds).toEqual(['user', 'turn_start'])
    session.prompt()
    expect(session.port.turns).toEqual([7, 7])
  })

  test('while it is being cancelled is forgotten as well', () => {
    const session = prompted()
    session.cancel()
    session.actor.send({ type: 'UNRECORDED', turn: 1 })
    expect(session.state).toBe('idle')
    expect(session.port.running).toBe(0)
    session.prompt()
    expect(session.port.turns).toEqual([1, 1])
  })

  // A cancel in the time of one commit: the port has started nothing yet, so it is CLEARED before the store fails.
  test('and that was cancelled and gone before that was known still gives its number back', () => {
    const session = prompted()
    session.cancel()
    session.port.say(CLEARED)
    expect(session.state).toBe('idle')
    session.actor.send({ type: 'UNRECORDED', turn: 1 })
    session.prompt()
    expect(session.port.turns).toEqual([1, 1])
  })

  test('is not the turn that runs now when its number is another', () => {
    const session = startSession({ turn: 6 })
    session.prompt()
    session.actor.send({ type: 'UNRECORDED', turn: 6 })
    expect(session.state).toBe('running')
    expect(session.port.running).toBe(1)
  })
})

describe('a port that throws', () => {
  const faults: [string, Parameters<typeof fromCallback<PortCommand, { turn: number }>>[0]][] = [
    [
      'at its start',
      () => {
        throw new Error('no memory')
      },
    ],
    [
      'at a command',
      ({ receive, sendBack }) => {
        receive(() => {
          throw new Error('no memory')
        })
        sendBack(STARTED)
        sendBack(FINISHED)
      },
    ],
  ]

  test.each(faults)('%s ends the turn with an internal error, and the session takes another', (_, start) => {
    const port = fromCallback(start)
    const process = processMachine.provide({ actors: { port } })
    const actor = createActor(sessionMachine.provide({ actors: { process } }), {
      input: { turn: 0, leftovers: LEFTOVERS, approvalTimeoutMs: null },
    })
    const records: LogRecord[] = []
    actor.on('append', (appended) => records.push(...appended.records))
    actor.start()
    for (const turn of [1, 2]) {
      actor.send({ type: 'PROMPT', text: 'Hi', agent: 'claude', model: null, delays: DELAYS })
      expect(records.splice(0)).toMatchObject([
        { kind: 'user', turn },
        { kind: 'turn_start', turn },
        { kind: 'error', turn, code: 'internal', error: 'Error: no memory' },
        { kind: 'turn_end', turn, outcome: 'failed', exitCode: null, signal: null, survivors: 0 },
      ])
      expect(stateName(actor.getSnapshot().value)).toBe('idle')
    }
  })

  test('while the turn is being cancelled ends it as well', () => {
    const process = processMachine.provide({
      actors: {
        port: fromCallback(({ receive }) => {
          receive(() => {
            throw new Error('no memory')
          })
        }),
      },
    })
    const actor = createActor(sessionMachine.provide({ actors: { process } }), {
      input: { turn: 0, leftovers: LEFTOVERS, approvalTimeoutMs: null },
    })
    const kinds: string[] = []
    actor.on('append', ({ records }) => kinds.push(...records.map(({ kind }) => kind)))
    actor.start()
    actor.send({ type: 'PROMPT', text: 'Hi', agent: 'claude', model: null, delays: DELAYS })
    actor.send({ type: 'CANCEL', by: 'phone' })
    expect(kinds).toEqual(['user', 'turn_start', 'cancelling', 'error', 'turn_end'])
    expect(actor.getSnapshot().value).toBe('idle')
  })
})

test('the state has one flat name', () => {
  expect(stateName('idle')).toBe('idle')
  expect(stateName({ turn: 'running' })).toBe('running')
  expect(stateName({ turn: 'cancelling' })).toBe('cancelling')
})
