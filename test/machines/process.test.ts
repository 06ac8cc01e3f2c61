import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createActor, fromCallback, SimulatedClock } from 'xstate'
import { processMachine } from '../../src/machines/process.ts'
import type { PortCommand, PortEvent, ProcessEvent } from '../../src/machines/process-events.ts'
import { startProcess } from './hosted-process.ts'
import {
  asking,
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

type Hosted = ReturnType<typeof startProcess>

const startRunning = (options: Parameters<typeof startProcess>[0] = {}): Hosted => {
  const process = startProcess(options)
  process.port.say(STARTED)
  return process
}

const ASKING = { type: 'ASKING', asking: true } satisfies ProcessEvent
const ASKING_NO_MORE = { type: 'ASKING', asking: false } satisfies ProcessEvent
const ANSWER = {
  ...{ type: 'ANSWER', asked: asking('a').records[0]!, answer: { decision: 'allow' } },
} satisfies ProcessEvent

const startAsking = (options: Parameters<typeof startProcess>[0] = {}): Hosted => {
  const process = startRunning(options)
  process.tell(ASKING)
  return process
}

const startFinishing = (result: PortEvent = FINISHED): Hosted => {
  const process = startRunning()
  process.port.say(result)
  return process
}

const startStopping = (options: Parameters<typeof startProcess>[0] = {}): Hosted => {
  const process = startRunning(options)
  process.stop()
  return process
}

const startSettling = (options: Parameters<typeof startProcess>[0] = {}): Hosted => {
  const process = startRunning(options)
  process.port.say(exited(0))
  return process
}

test('a process that runs knows nothing that ends it, and then what was first', () => {
  const process = startRunning()
  expect(process.cause).toBe(null)
  process.stop()
  process.port.say(LOST)
  expect(process.cause).toBe('cancelled')
})

describe('an agent that ends by itself', () => {
  test('leaves with its status and the end of its stderr, and nobody signals it', () => {
    const process = startRunning()
    process.port.say({ type: 'EXITED', exitCode: 3, signal: null, error: 'no disk' }, CLEARED)
    expect(process.output).toEqual({
      cause: 'exited',
      exitCode: 3,
      signal: null,
      error: 'no disk',
      resultError: null,
      survivors: 0,
    })
    expect(process.port.commands).toEqual(['REPORT'])
    expect(process.port.running).toBe(0)
  })

  test.each([0, 1])(
    'after its result it is told that no more input comes, and its exit %i counts',
    (exitCode) => {
      const process = startFinishing()
      expect(process.port.commands).toEqual(['END_INPUT'])
      process.port.say(exited(exitCode), CLEARED)
      expect(process.output).toMatchObject({ cause: 'exited', exitCode, resultError: null })
      expect(process.port.commands).toEqual(['END_INPUT', 'REPORT'])
    },
  )

  test('takes the complaint of its result along when it exits', () => {
    const process = startFinishing(COMPLAINED)
    process.port.say(exited(0), CLEARED)
    expect(process.output).toMatchObject({ cause: 'exited', exitCode: 0, resultError: 'Overloaded.' })
  })

  test.each([START_FAILED, DISK_FULL])('that could not be started fails to start: $cause', (failure) => {
    const process = startProcess()
    process.port.say(failure)
    const { cause, error } = failure
    expect(process.output).toMatchObject({ cause, error, exitCode: null, survivors: 0 })
  })
})

describe('the kill ladder', () => {
  test('goes from interrupt over terminate to kill, each after its own grace, and gives up after the last', () => {
    const process = startStopping()
    const { clock, port } = process
    const ladder: [number, string, string[]][] = [
      [DELAYS.interruptGraceMs, 'terminating', ['INTERRUPT', 'TERMINATE']],
      [DELAYS.terminateGraceMs, 'killing', ['INTERRUPT', 'TERMINATE', 'KILL']],
      [DELAYS.killGraceMs, 'ended', ['INTERRUPT', 'TERMINATE', 'KILL']],
    ]
    expect(port.commands).toEqual(['INTERRUPT'])
    for (const [graceMs, state, commands] of ladder) {
      const before = process.state
      clock.increment(graceMs - 1)
      expect(process.state).toBe(before)
      clock.increment(1)
      expect(process.state).toBe(state)
      expect(port.commands).toEqual(commands)
    }
    // Nobody has said what is left: that it is nothing would be a guess.
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: null, signal: null, survivors: 1 })
    expect(port.running).toBe(0)
  })

  test.each<[string, ...number[]]>([
    ['interrupting'],
    ['terminating', DELAYS.interruptGraceMs],
    ['killing', DELAYS.interruptGraceMs, DELAYS.terminateGraceMs],
  ])('ends at once when nothing is left while %s', (state, ...waits) => {
    const process = startStopping()
    for (const ms of waits) process.clock.increment(ms)
    expect(process.state).toBe(state)
    process.port.say({ type: 'CLEARED', survivors: 2 })
    expect(process.output).toMatchObject({ cause: 'cancelled', survivors: 2 })
  })

  test('goes on to terminate when the agent exits during its interrupt: what it left behind lives on', () => {
    const process = startStopping()
    process.port.say({ type: 'EXITED', exitCode: 130, signal: 'SIGINT', error: '' })
    expect(process.state).toBe('terminating')
    expect(process.output).toBeNull()
    expect(process.port.commands).toEqual(['INTERRUPT', 'TERMINATE'])
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: 130, signal: 'SIGINT' })
  })

  test.each<[string, ...number[]]>([
    ['terminating', DELAYS.interruptGraceMs],
    ['killing', DELAYS.interruptGraceMs, DELAYS.terminateGraceMs],
  ])('takes down the exit while %s and waits for the rest', (state, ...waits) => {
    const process = startStopping()
    for (const ms of waits) process.clock.increment(ms)
    process.port.say({ type: 'EXITED', exitCode: 143, signal: 'SIGTERM', error: '' })
    expect(process.state).toBe(state)
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ exitCode: 143, signal: 'SIGTERM' })
  })

  test('ends the input of an agent that says its result while it is being interrupted', () => {
    const process = startStopping()
    process.port.say(COMPLAINED)
    expect(process.state).toBe('interrupting')
    expect(process.port.commands).toEqual(['INTERRUPT', 'END_INPUT'])
  })

  test('is climbed once, however often one asks', () => {
    const process = startStopping()
    process.clock.increment(DELAYS.interruptGraceMs - 1)
    process.stop()
    process.stop()
    expect(process.port.commands).toEqual(['INTERRUPT'])
    process.clock.increment(1)
    expect(process.state).toBe('terminating')
  })
})

describe('a stop before the agent has started', () => {
  test.each<[string, Parameters<typeof startProcess>[0]]>([
    ['asked for while it starts', {}],
    ['of a turn that is adopted', { stop: 'cancelled' }],
  ])('%s: nothing was started, and that is the end', (_, options) => {
    const process = startProcess(options)
    if (!options?.stop) process.stop()
    expect(process.state).toBe('abandoning')
    expect(process.port.commands).toEqual(['ABANDON'])
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: null, survivors: 0 })
  })

  test('finds it started after all: then it is stopped as any other', () => {
    const process = startProcess()
    process.stop()
    process.port.say(STARTED)
    expect(process.state).toBe('interrupting')
    process.port.say(exited(1), CLEARED)
    expect(process.port.commands).toEqual(['ABANDON', 'INTERRUPT', 'TERMINATE'])
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: 1 })
  })

  test('finds that it could not be started: it stays a cancel', () => {
    const process = startProcess()
    process.stop()
    process.port.say(START_FAILED)
    expect(process.output).toMatchObject({ cause: 'cancelled', error: 'ENOENT' })
  })

  test('is answered in the very step that asks', () => {
    const process = startProcess()
    process.port.answerWith(({ type }) => (type === 'ABANDON' ? [CLEARED] : []))
    process.stop()
    expect(process.output).toMatchObject({ cause: 'cancelled' })
  })

  test('of an adopted turn goes on with its ladder once the agent is found', () => {
    const process = startProcess({ stop: 'cancelled' })
    process.port.say(STARTED)
    process.clock.increment(DELAYS.interruptGraceMs)
    process.clock.increment(DELAYS.terminateGraceMs)
    expect(process.port.commands).toEqual(['ABANDON', 'INTERRUPT', 'TERMINATE', 'KILL'])
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'cancelled' })
  })
})

describe('the first cause wins', () => {
  const ends = {
    cancelled: (process: Hosted) => process.stop(),
    timed_out(process: Hosted) {
      for (let part = 0; part < 2; part++) {
        process.port.say(HEARD)
        process.clock.increment(DELAYS.turnTimeoutMs! / 2)
      }
    },
    stalled: (process: Hosted) => process.clock.increment(DELAYS.stallKillMs!),
    output_limit: (process: Hosted) => process.port.say(OVERFLOWED),
    exited: (process: Hosted) => process.port.say(exited(7)),
    lost: (process: Hosted) => process.port.say(LOST),
    interrupted: (process: Hosted) => process.port.say(INTERRUPTED),
  }
  type End = keyof typeof ends
  const names = Object.keys(ends) as End[]
  const pairs = names.flatMap((first) => names.map((second): [End, End] => [first, second]))

  test.each(pairs)('of %s, then %s', (first, second) => {
    const process = startRunning()
    ends[first](process)
    ends[second](process)
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: first })
    if (first === 'output_limit') expect(process.output).toMatchObject({ error: OVERFLOWED.error })
  })

  test.each([LOST, INTERRUPTED].flatMap((loss) => names.map((second) => ({ ...loss, second }))))(
    'and its words stay: of $cause, then $second',
    ({ second, ...loss }) => {
      const process = startRunning()
      process.port.say(loss)
      ends[second](process)
      process.port.say(CLEARED)
      expect(process.output).toMatchObject({ cause: loss.cause, error: loss.error })
    },
  )

  test.each(names.filter((name) => name !== 'exited'))(
    'of a good result, then %s: it is finished, whatever had to be done to it',
    (second) => {
      const process = startFinishing()
      ends[second](process)
      process.port.say({ type: 'EXITED', exitCode: 143, signal: 'SIGTERM', error: '' }, CLEARED)
      expect(process.output).toMatchObject({ cause: 'finished', resultError: null, signal: 'SIGTERM' })
    },
  )

  test('of two results: what an agent says while it is stopped does not spoil the good one before', () => {
    const process = startFinishing(FINISHED)
    process.stop()
    process.port.say(COMPLAINED, CLEARED)
    expect(process.output).toMatchObject({ cause: 'finished', resultError: null })
  })

  test('of a stop, then a good result: it stays a cancel', () => {
    const process = startStopping()
    process.port.say(FINISHED, exited(0), CLEARED)
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: 0 })
  })

  test.each<[string, PortEvent]>([
    ['lost', LOST],
    ['interrupted', INTERRUPTED],
  ])('before the start: %s, then STARTED and an exit', (cause, loss) => {
    const process = startProcess()
    process.port.say(loss)
    expect(process.state).toBe('terminating')
    process.port.say(STARTED, exited(0), CLEARED)
    expect(process.output).toMatchObject({ cause })
  })
})

describe('an agent that hangs after its result', () => {
  test('is terminated after its grace, without an interrupt, and the log is told why', () => {
    const process = startFinishing()
    process.clock.increment(DELAYS.resultGraceMs - 1)
    expect(process.state).toBe('finishing')
    process.clock.increment(1)
    expect(process.port.commands).toEqual(['END_INPUT', 'TERMINATE'])
    expect(process.heard).toMatchObject([
      { type: 'OUTPUT', records: [{ kind: 'notice', level: 'warn', code: 'agent_hung' }], spool: undefined },
    ])
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'finished', resultError: null })
  })

  test('has not timed out, though its timeout comes before the end of its grace', () => {
    const process = startRunning({ delays: { turnTimeoutMs: 500 } })
    process.port.say(FINISHED)
    process.clock.increment(500)
    expect(process.state).toBe('interrupting')
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'finished' })
  })
})

describe('the turn timeout', () => {
  test('begins with the start of the agent, and is not put off by what it says', () => {
    const process = startProcess({ delays: { stallKillMs: null } })
    process.clock.increment(DELAYS.turnTimeoutMs! * 2)
    expect(process.state).toBe('starting')
    process.port.say(STARTED)
    process.clock.increment(DELAYS.turnTimeoutMs! - 1)
    process.port.say(OUTPUT)
    expect(process.state).toBe('running')
    process.clock.increment(1)
    expect(process.state).toBe('interrupting')
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'timed_out' })
  })

  test('of null never comes', () => {
    const process = startRunning({ delays: { turnTimeoutMs: null, stallKillMs: null } })
    process.clock.increment(2 ** 40)
    expect(process.state).toBe('running')
  })

  test.each([
    ['Infinity', Number.POSITIVE_INFINITY],
    ['2³¹ ms', 2 ** 31],
    ['undefined', undefined as unknown as null],
  ])('of %s does not come at once', (_, turnTimeoutMs) => {
    const process = startRunning({ delays: { turnTimeoutMs, stallKillMs: null } })
    process.clock.increment(2 ** 31 - 2)
    expect(process.state).toBe('running')
  })

  test('that has passed already (a turn that is adopted late) comes at the start', () => {
    const process = startRunning({ delays: { turnTimeoutMs: -5 } })
    process.clock.increment(0)
    expect(process.state).toBe('interrupting')
  })
})

describe('an agent that asks', () => {
  const LONG = DELAYS.turnTimeoutMs! + DELAYS.stallKillMs!

  test('is not hurried: neither its silence nor its time counts until it is answered', () => {
    const process = startAsking()
    process.clock.increment(LONG)
    expect([process.state, process.heard]).toEqual(['asking', []])
    process.tell(ASKING_NO_MORE)
    expect(process.state).toBe('running')
    process.clock.increment(DELAYS.stallNoticeMs!)
    expect(process.heard).toMatchObject([{ records: [{ code: 'agent_silent' }] }])
  })

  test('has all of its time once more when it is answered, however much of it had passed', () => {
    const process = startRunning({ delays: { elapsedMs: 9_000, stallKillMs: null } })
    process.clock.increment(999)
    process.tell(ASKING)
    process.tell(ASKING_NO_MORE)
    process.clock.increment(DELAYS.turnTimeoutMs! - 1)
    expect(process.state).toBe('running')
    process.clock.increment(1)
    expect(process.state).toBe('interrupting')
  })

  test('waits from its start on, when it waited already for the server before', () => {
    const process = startProcess({ asking: true, delays: { elapsedMs: LONG } })
    process.port.say(STARTED)
    process.clock.increment(LONG)
    expect(process.state).toBe('asking')
  })

  test('is told the answer that came before it was found again, and does not wait then', () => {
    const process = startProcess({ asking: true, delays: { elapsedMs: LONG, stallKillMs: null } })
    process.tell(ANSWER)
    process.tell(ASKING_NO_MORE)
    expect(process.port.commands).toEqual(['ANSWER', 'RESUMED'])
    process.port.say(STARTED)
    process.clock.increment(DELAYS.turnTimeoutMs! - 1)
    expect(process.state).toBe('running')
  })

  test('is told while it works or waits, and nothing once it is being stopped', () => {
    const process = startAsking()
    process.tell(ANSWER)
    process.tell(ASKING_NO_MORE)
    process.tell(ANSWER)
    process.stop()
    process.tell(ANSWER)
    expect(process.port.commands).toEqual(['ANSWER', 'RESUMED', 'ANSWER', 'INTERRUPT'])
  })

  test.each<[string, () => Hosted]>([
    ['has said its result', startFinishing],
    ['is being stopped', startStopping],
    ['has gone', startSettling],
    ['is abandoned', () => startProcess({ stop: 'cancelled' })],
    [
      'is lost',
      () => {
        const process = startProcess()
        process.port.say(LOST)
        return process
      },
    ],
  ])('can be told nothing any more when it %s, and its session knows', (_, start) => {
    expect(startAsking().deaf).toBe(false)
    expect(start().deaf).toBe(true)
  })

  test.each<[string, (process: Hosted) => void, string]>([
    ['stopped', (process) => process.stop(), 'interrupting'],
    ['done all the same', (process) => process.port.say(FINISHED), 'finishing'],
    ['gone', (process) => process.port.say(exited(0)), 'settling'],
    ['lost', (process) => process.port.say(LOST), 'terminating'],
    ['too much', (process) => process.port.say(OVERFLOWED), 'interrupting'],
  ])('does not wait when it is %s', (_, happens, state) => {
    const process = startAsking()
    happens(process)
    expect(process.state).toBe(state)
  })

  test('after its result does not wait: nothing can be said to it any more', () => {
    const process = startFinishing()
    process.tell(ASKING)
    expect(process.state).toBe('finishing')
    process.clock.increment(DELAYS.resultGraceMs)
    expect(process.state).toBe('terminating')
  })
})

test('no timer is set that Node would fire at once: every delay is within what setTimeout takes', () => {
  const delay = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.constantFrom(2 ** 31 - 1, 2 ** 31, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.constantFrom(null, undefined),
  ) as fc.Arbitrary<number>
  const delays = fc.record({
    turnTimeoutMs: delay,
    stallNoticeMs: delay,
    stallKillMs: delay,
    resultGraceMs: delay,
    interruptGraceMs: delay,
    terminateGraceMs: delay,
    killGraceMs: delay,
  })
  fc.assert(
    fc.property(delays, (delays) => {
      const clock = new SimulatedClock()
      const waits: number[] = []
      const setTimeout = clock.setTimeout.bind(clock)
      clock.setTimeout = (fn, ms) => {
        waits.push(ms)
        return setTimeout(fn, ms)
      }
      const silent = fromCallback<PortCommand, { turn: number }>(() => {})
      const machine = processMachine.provide({
        actors: { port: silent },
        actions: { forward: () => {}, deafen: () => {}, noticeHung: () => {}, noticeStalled: () => {} },
      })
      const actor = createActor(machine, {
        input: { turn: 1, delays, leftovers: LEFTOVERS, stop: null },
        clock,
      }).start()
      actor.send(STARTED)
      actor.send(FINISHED)
      // One rung a step: what a timer sets counts from where the clock stands.
      for (let rung = 0; rung < 4; rung++) clock.increment(2 ** 31)
      expect(actor.getSnapshot().status).toBe('done')
      // A timeout of null sets a timer as well, and a guard keeps it from doing anything.
      expect(waits.length).toBeGreaterThanOrEqual(4)
      for (const ms of waits) expect(ms).toSatisfy((ms: number) => ms >= 0 && ms <= 2 ** 31 - 1)
    }),
  )
})

describe('output', () => {
  const waysTo: Record<string, () => Hosted> = {
    starting: startProcess,
    abandoning: () => startProcess({ stop: 'cancelled' }),
    running: startRunning,
    asking: startAsking,
    finishing: startFinishing,
    interrupting: startStopping,
    terminating() {
      const process = startStopping()
      process.clock.increment(DELAYS.interruptGraceMs)
      return process
    },
    killing() {
      const process = waysTo.terminating!()
      process.clock.increment(DELAYS.terminateGraceMs)
      return process
    },
    settling: startSettling,
  }

  test('can come in every state but the last', () => {
    const { states } = processMachine
    const leavesOf = (nodes: typeof states): string[] =>
      Object.entries(nodes).flatMap(([name, node]) =>
        Object.keys(node.states).length === 0 ? [name] : leavesOf(node.states as typeof states),
      )
    expect([...Object.keys(waysTo), 'ended'].sort()).toEqual(leavesOf(states).sort())
  })

  test.each(Object.keys(waysTo))('is passed on with its spool while %s, and changes nothing', (state) => {
    const process = waysTo[state]!()
    expect(process.state).toBe(state)
    const commands = [...process.port.commands]
    process.port.say(OUTPUT, OUTPUT)
    expect(process.heard).toEqual([OUTPUT, OUTPUT])
    expect(process.state).toBe(state)
    expect(process.port.commands).toEqual(commands)
  })

  test('comes to the parent before the end that follows it', () => {
    const process = startStopping()
    process.port.answerWith(({ type }) => (type === 'TERMINATE' ? [OUTPUT, exited(0), CLEARED] : []))
    process.clock.increment(DELAYS.interruptGraceMs)
    expect(process.heard).toEqual([OUTPUT])
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: 0 })
  })
})

describe('a loss', () => {
  test.each<[string, () => Hosted, string[]]>([
    ['starting', startProcess, ['TERMINATE']],
    ['abandoning', () => startProcess({ stop: 'cancelled' }), ['ABANDON', 'TERMINATE']],
    ['running', startRunning, ['TERMINATE']],
    ['finishing', startFinishing, ['END_INPUT', 'TERMINATE']],
    ['interrupting', startStopping, ['INTERRUPT', 'TERMINATE']],
  ])(
    'while %s terminates what may still run, without an interrupt that nobody would hear',
    (_, start, told) => {
      const process = start()
      process.port.say(LOST)
      expect(process.state).toBe('terminating')
      expect(process.port.commands).toEqual(told)
    },
  )

  test('while killing does not step back to terminate', () => {
    const process = startStopping()
    process.clock.increment(DELAYS.interruptGraceMs)
    process.clock.increment(DELAYS.terminateGraceMs)
    process.port.say(LOST)
    expect(process.state).toBe('killing')
    process.clock.increment(DELAYS.killGraceMs)
    expect(process.output).toMatchObject({ cause: 'cancelled' })
  })

  test('while terminating does not put off the kill', () => {
    const process = startStopping()
    process.clock.increment(DELAYS.interruptGraceMs)
    process.clock.increment(DELAYS.terminateGraceMs - 1)
    process.port.say(LOST)
    process.clock.increment(1)
    expect(process.state).toBe('killing')
    expect(process.port.commands).toEqual(['INTERRUPT', 'TERMINATE', 'KILL'])
  })

  test('while settling changes nothing: the agent has gone, and how it did is known', () => {
    const process = startSettling()
    process.port.say(LOST)
    expect(process.state).toBe('settling')
    expect(process.port.commands).toEqual(['REPORT'])
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'exited', exitCode: 0, error: '' })
  })
})

describe('an agent that falls silent', () => {
  const notices = (process: Hosted) =>
    process.heard.flatMap((event) => (event.type === 'OUTPUT' ? event.records : []))

  test('is said to be silent once, and is stopped when that goes on', () => {
    const process = startRunning()
    process.clock.increment(DELAYS.stallNoticeMs! - 1)
    expect(process.heard).toEqual([])
    process.clock.increment(1)
    expect(notices(process)).toEqual([
      { kind: 'notice', level: 'warn', code: 'agent_silent', text: 'The agent has said nothing for 3 s.' },
    ])
    process.clock.increment(DELAYS.stallKillMs! - DELAYS.stallNoticeMs! - 1)
    expect(process.state).toBe('running')
    process.clock.increment(1)
    expect(process.port.commands).toEqual(['INTERRUPT'])
    process.port.say(exited(130), CLEARED)
    expect(process.output).toMatchObject({ cause: 'stalled', exitCode: 130 })
    expect(notices(process)).toHaveLength(1)
  })

  test.each<[string, PortEvent]>([
    ['records', OUTPUT],
    ['what makes no records', HEARD],
    ['output without records', { type: 'OUTPUT', records: [], spool: { offset: 9 } }],
  ])('and says something again (%s) has both its clocks set back', (_, said) => {
    const process = startRunning({ delays: { turnTimeoutMs: null } })
    process.clock.increment(DELAYS.stallKillMs! - 1)
    process.port.say(said)
    const before = notices(process).length
    process.clock.increment(DELAYS.stallNoticeMs! - 1)
    expect(notices(process)).toHaveLength(before)
    process.clock.increment(1)
    expect(notices(process)).toHaveLength(before + 1)
    process.clock.increment(DELAYS.stallKillMs! - DELAYS.stallNoticeMs! - 1)
    expect(process.state).toBe('running')
    process.clock.increment(1)
    expect(process.state).toBe('interrupting')
  })

  test('but talks while it is heard every now and then is never stopped for it', () => {
    const process = startRunning({ delays: { turnTimeoutMs: null } })
    for (let times = 0; times < 100; times++) {
      process.clock.increment(DELAYS.stallNoticeMs! - 1)
      process.port.say(HEARD)
    }
    expect(process.state).toBe('running')
    expect(process.heard).toEqual([])
  })

  test.each([
    ['stallNoticeMs', { stallNoticeMs: null }, 'interrupting', 0],
    ['stallKillMs', { stallKillMs: null }, 'running', 1],
    ['both', { stallNoticeMs: null, stallKillMs: null }, 'running', 0],
  ])('%s of null never comes', (_, delays, state, said) => {
    const process = startRunning({ delays: { turnTimeoutMs: null, ...delays } })
    process.clock.increment(DELAYS.stallKillMs!)
    expect(process.state).toBe(state)
    process.clock.increment(2 ** 40)
    expect(notices(process)).toHaveLength(said)
  })

  test.each([
    ['before it has started', startProcess],
    ['after its result', startFinishing],
    ['while it is stopped', startStopping],
  ])('%s is not silent: another clock runs then', (_, start) => {
    const process = start()
    process.clock.increment(DELAYS.stallKillMs!)
    process.clock.increment(DELAYS.stallKillMs!)
    process.port.say(CLEARED)
    const codes = notices(process).map((record) => record.kind === 'notice' && record.code)
    expect(codes).not.toContain('agent_silent')
    expect(process.output?.cause).not.toBe('stalled')
  })
})

describe('an agent that says too much', () => {
  test('is stopped as one that is cancelled is, and its limit is what ended it', () => {
    const process = startRunning()
    process.port.say(OVERFLOWED)
    expect(process.state).toBe('interrupting')
    expect(process.port.commands).toEqual(['INTERRUPT'])
    process.port.say({ type: 'EXITED', exitCode: 130, signal: 'SIGINT', error: 'Killed' }, CLEARED)
    expect(process.output).toMatchObject({ cause: 'output_limit', error: OVERFLOWED.error, exitCode: 130 })
  })

  test('after its result is stopped, and has finished', () => {
    const process = startFinishing()
    process.port.say(OVERFLOWED)
    expect(process.state).toBe('interrupting')
    process.port.say(exited(1), CLEARED)
    expect(process.output).toMatchObject({ cause: 'finished', resultError: null })
  })

  test('while it is being stopped for another reason is stopped for that', () => {
    const process = startStopping()
    process.port.say(OVERFLOWED, exited(1), CLEARED)
    expect(process.output).toMatchObject({ cause: 'cancelled', error: '' })
  })
})

describe('what an agent leaves behind', () => {
  test.each(['report', 'keep'] as const)(
    'when it exits by itself is only counted, and the port is told: %s',
    (ended) => {
      const process = startSettling({ leftovers: { ended, stopped: 'kill' } })
      expect(process.state).toBe('settling')
      expect(process.port.commands).toEqual(['REPORT'])
      expect(process.port.policies).toEqual([ended])
      process.port.say(OUTPUT, { type: 'CLEARED', survivors: 3 })
      expect(process.heard).toEqual([OUTPUT])
      expect(process.output).toMatchObject({ cause: 'exited', exitCode: 0, survivors: 3 })
    },
  )

  test('when it exits by itself is ended if that is wanted: the turn completes nevertheless', () => {
    const process = startSettling({ leftovers: { ended: 'kill', stopped: 'keep' } })
    expect(process.state).toBe('terminating')
    expect(process.port.commands).toEqual(['TERMINATE'])
    process.clock.increment(DELAYS.terminateGraceMs)
    expect(process.port.commands).toEqual(['TERMINATE', 'KILL'])
    process.port.say({ type: 'CLEARED', survivors: 1 })
    expect(process.output).toMatchObject({ cause: 'exited', exitCode: 0, survivors: 1 })
  })

  test.each(['report', 'keep'] as const)('when it gives in to its interrupt is spared: %s', (stopped) => {
    const process = startStopping({ leftovers: { ended: 'kill', stopped } })
    process.port.say(exited(130))
    expect(process.state).toBe('settling')
    expect(process.port.commands).toEqual(['INTERRUPT', 'REPORT'])
    expect(process.port.policies).toEqual([stopped])
    process.port.say({ type: 'CLEARED', survivors: 2 })
    expect(process.output).toMatchObject({ cause: 'cancelled', exitCode: 130, survivors: 2 })
  })

  test.each(['report', 'keep'] as const)(
    'when it did not give in is ended, whatever is spared otherwise: %s',
    (stopped) => {
      const process = startStopping({ leftovers: { ended: 'keep', stopped } })
      process.clock.increment(DELAYS.interruptGraceMs)
      process.port.say(exited(143))
      expect(process.state).toBe('terminating')
      expect(process.port.commands).toEqual(['INTERRUPT', 'TERMINATE'])
    },
  )

  test('when somebody says stop after its result is ended, as after any stop', () => {
    const process = startFinishing()
    process.stop()
    process.port.say(exited(0))
    expect(process.state).toBe('terminating')
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'finished', exitCode: 0 })
  })

  test('is ended once somebody says stop, and that is not what ended the turn', () => {
    const process = startSettling()
    process.stop()
    expect(process.state).toBe('terminating')
    expect(process.port.commands).toEqual(['REPORT', 'TERMINATE'])
    process.clock.increment(DELAYS.terminateGraceMs)
    expect(process.port.commands).toEqual(['REPORT', 'TERMINATE', 'KILL'])
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'exited', exitCode: 0, survivors: 0 })
  })

  test('and is never counted does not hold the session up: something is presumed to live', () => {
    const process = startSettling()
    process.clock.increment(DELAYS.killGraceMs - 1)
    expect(process.output).toBeNull()
    process.clock.increment(1)
    expect(process.output).toMatchObject({ cause: 'exited', survivors: 1 })
  })

  test('is still to be ended when the server that began it is gone, whatever is spared otherwise', () => {
    const process = startProcess({ stop: 'exited', leftovers: { ended: 'kill', stopped: 'report' } })
    process.port.say(STARTED, exited(0))
    expect(process.port.policies).toEqual([])
    expect(process.port.commands).toContain('TERMINATE')
    process.port.say(CLEARED)
    expect(process.output).toMatchObject({ cause: 'exited', exitCode: 0 })
  })
})
