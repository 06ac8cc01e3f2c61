import { expect, test, vi } from 'vitest'
import type { Step } from '../../../src/machines/inspection.ts'
import { followSteps, type StepsOptions } from '../../../src/runtime/inspect/steps.ts'
import { asking, FINISHED, OUTPUT, STARTED } from '../../machines/port-events.ts'
import { startSession } from '../../machines/simulated-session.ts'

type Told = Omit<Step, 'seq'>

/** A session that is followed from now on. */
function follow(session = startSession(), options: Partial<StepsOptions> = {}) {
  const steps: Told[] = []
  const faults: unknown[] = []
  const stop = followSteps({
    ...{ root: session.actor, bodies: false, now: () => new Date(0) },
    newest: () => ({
      eventId: session.events.length - 1,
      turn: session.actor.getSnapshot().context.turn,
    }),
    take: (told) => void steps.push(...told),
    onFault: (error) => void faults.push(error),
    ...options,
  })
  /** What was told until now, a line for each. */
  const told = async (): Promise<string[]> => {
    await Promise.resolve()
    return steps
      .splice(0)
      .map(
        ({ from, to, event, before, after, eventId, lost }) =>
          `${from} > ${to} ${event.type}: ${before.at(-1)} > ${after.at(-1)} #${eventId}${lost ? ' lost' : ''}`,
      )
  }
  return { ...session, session, steps, faults, told, stop }
}

const exit = { type: 'EXITED', exitCode: 0, signal: null, error: '' } as const
const cleared = { type: 'CLEARED', survivors: 0 } as const

test('each event is told with who sent it, where it led, and what was logged by then', async () => {
  const { prompt, port, cancel, told } = follow()
  prompt()
  expect(await told()).toEqual([
    'outside > session PROMPT: session.idle > session.turn.running #1',
    'session > process xstate.init: undefined > process.starting #1',
    'process > port xstate.init: undefined > undefined #1',
  ])
  port.say(STARTED, OUTPUT)
  expect(await told()).toEqual([
    'port > process STARTED: process.starting > process.active.working.running #1',
    'port > process OUTPUT: process.active.working.running > process.active.working.running #2',
    'process > session OUTPUT: session.turn.running > session.turn.running #2',
  ])
  cancel()
  port.say(exit, cleared)
  expect(await told()).toEqual([
    'outside > session CANCEL: session.turn.running > session.turn.cancelling #3',
    'session > process STOP: process.active.working.running > process.stopping.interrupting #3',
    // Sent while the session was in the middle of the cancel, and taken behind it.
    'process > session DEAF: session.turn.cancelling > session.turn.cancelling #3',
    'process > port INTERRUPT: undefined > undefined #3',
    'port > process EXITED: process.stopping.interrupting > process.stopping.terminating #3',
    'process > port TERMINATE: undefined > undefined #3',
    'port > process CLEARED: process.stopping.terminating > process.ended #5',
    'process > session xstate.done.actor.process: session.turn.cancelling > session.idle #5',
  ])
})

test('a step names the transitions that were taken, what they did, what changed, and what runs down', async () => {
  const { prompt, port, steps } = follow()
  prompt()
  port.say(STARTED)
  await Promise.resolve()
  const [begun, , , started] = steps
  expect(begun).toMatchObject({
    ...{ taken: ['session.idle/PROMPT/0'], actions: ['emit', 'spawnChild'], turn: 1, timers: [] },
    changes: [
      { field: 'turn', before: 0, after: 1 },
      { field: 'delays', before: null },
    ],
  })
  expect(started!.taken).toEqual(['process.starting/STARTED/1'])
  expect(started!.timers.map(({ event, delayMs }) => [event, delayMs])).toEqual([
    ['xstate.after.turnTimeout.process.active.working', 10_000],
    ['xstate.after.stallNotice.process.active.working.running', 3_000],
    ['xstate.after.stallKill.process.active.working.running', 7_000],
  ])
})

test('a limit that is none does not run down', async () => {
  const { prompt, port, steps } = follow()
  prompt({ stallKillMs: null, turnTimeoutMs: null })
  port.say(STARTED)
  await Promise.resolve()
  expect(steps.at(-1)!.timers.map(({ event }) => event)).toEqual([
    'xstate.after.stallNotice.process.active.working.running',
  ])
})

test('what a clock sends is told so', async () => {
  const { prompt, port, clock, told } = follow()
  prompt()
  port.say(STARTED)
  await told()
  clock.increment(3_000)
  expect((await told())[0]).toMatch(/^clock > process xstate\.after\.stallNotice/)
})

test('an event for an actor that has ended is told as lost', async () => {
  const { prompt, port, told, actor } = follow()
  prompt()
  const { process } = actor.getSnapshot().children
  port.say(STARTED, FINISHED, exit, cleared)
  await told()
  const warned = vi.spyOn(console, 'warn').mockReturnValue()
  process!.send({ type: 'HEARD' })
  warned.mockRestore()
  expect(await told()).toEqual(['outside > process HEARD: process.ended > process.ended #2 lost'])
})

test('an inspection that begins in the middle of a turn knows its actors', async () => {
  const session = startSession()
  session.prompt()
  session.port.say(STARTED)
  const { told } = follow(session)
  session.port.say(asking('a'))
  expect(await told()).toContain(
    'session > process ASKING: process.active.working.running > process.active.asking #2',
  )
})

test('a listener that fails is heard no more, and the turn goes on', async () => {
  const session = startSession()
  const { faults } = follow(session, {
    take: () => {
      throw new Error('full')
    },
    now: () => {
      if (session.state !== 'idle') throw new Error('no clock')
      return new Date(0)
    },
  })
  session.prompt()
  session.port.say(STARTED, FINISHED, exit, cleared)
  await Promise.resolve()
  expect(faults).toEqual([new Error('no clock')])
  expect(session.kinds).toEqual(['user', 'turn_start', 'turn_end'])
  expect(session.state).toBe('idle')
})

test('nothing is told any more when it was stopped', async () => {
  const { prompt, stop, told } = follow()
  stop()
  prompt()
  expect(await told()).toEqual([])
})
