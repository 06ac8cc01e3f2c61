/**
 * One session over machines that are real and a port that is not. It drives both the machines and the model of
 * the turn, and checks what must hold after every step. What happens to it is decided by commands.
 */
import { expect } from 'vitest'
import { type AnyActorRef, type InspectionEvent, SimulatedClock } from 'xstate'
import type { Event } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../src/machines/fold.ts'
import type { PortCommand, PortEvent, ProcessDelays } from '../src/machines/process-events.ts'
import { CLEARED, DELAYS, exited, STARTED } from '../test/machines/port-events.ts'
import { createScriptedPort } from '../test/machines/scripted-port.ts'
import { startSession } from '../test/machines/simulated-session.ts'
import { checkLog } from './checkers/check-log.ts'
import { createTurnModel, type TurnModel } from './turn-model.ts'

/** What the runs came to see, over all of them: a property that never gets there says nothing. */
export const createSights = () => ({
  turns: 0,
  cancelDuringSpawn: 0,
  timeoutWhileStopping: 0,
  exitInTheTickOfCancel: 0,
  kill: 0,
  givenUp: 0,
  hung: 0,
  adoptedWhileCancelling: 0,
  unrecordedWhenGone: 0,
})
export type Sights = ReturnType<typeof createSights>

export type SessionWorld = ReturnType<typeof createSessionWorld>

const LADDER: PortCommand['type'][] = ['ABANDON', 'INTERRUPT', 'TERMINATE', 'KILL']

export function createSessionWorld(sights: Sights) {
  const clock = new SimulatedClock()
  const port = createScriptedPort()
  const events: Event[] = []
  /** Commands to a port that has ended. */
  const strays: string[] = []
  let session = open()
  let model: TurnModel | null = null
  /** The newest turn, as long as its port did nothing that needs it on record. */
  let unrecorded: { turn: number; from: number } | null = null
  /** Where in the port's commands the newest turn's begin. */
  let told = 0
  let cancelledAt = -1

  function open(turn = 0) {
    return startSession({ turn, port, clock, events, inspect })
  }

  // Noted here and checked later: an observer that throws puts the actor in error.
  function inspect(inspected: InspectionEvent): void {
    if (inspected.type !== '@xstate.event') return
    const { type } = inspected.event
    if (type !== 'END_INPUT' && !LADDER.some((step) => step === type)) return
    if ((inspected.actorRef as AnyActorRef).getSnapshot().status !== 'active') strays.push(type)
  }

  const fold = (): SessionFold => events.reduce(foldEvent, EMPTY_FOLD)

  const modelSays = (event: PortEvent): void => {
    if (model === null) return
    if (event.type !== 'CLEARED') unrecorded = null
    if (event.type === 'EXITED' && cancelledAt === clock.now()) sights.exitInTheTickOfCancel++
    model.say(event, clock.now())
  }

  const check = (): void => {
    expect(checkLog(events)).toEqual([])
    expect(port.runningMax).toBeLessThanOrEqual(1)
    expect(strays).toEqual([])
    expect(session.actor.getSnapshot().status).toBe('active')
    expect(fold().state).toBe(session.state)
    const steps = port.commands.slice(told).filter((command) => LADDER.includes(command))
    expect(steps, 'the kill ladder is climbed upwards').toEqual(LADDER.filter((step) => steps.includes(step)))
    if (model === null || session.state !== 'idle') return
    const end = events.at(-1)!
    expect(end, 'the first cause wins').toMatchObject({ kind: 'turn_end', outcome: model.outcome })
    if (steps.includes('KILL')) sights.kill++
    if (events.some((event) => event.kind === 'notice' && event.turn === end.turn)) sights.hung++
    sights.turns++
    model = null
  }

  const advance = (ms: number): void => {
    const wasStopping = model?.stopping
    const wasLate = model?.isLate(clock.now())
    model?.tick(clock.now() + ms)
    clock.increment(ms)
    if (wasStopping && !wasLate && model?.isLate(clock.now())) sights.timeoutWhileStopping++
    check()
  }

  const say = (...said: PortEvent[]): void => {
    for (const event of said) {
      if (port.running > 0) modelSays(event)
      port.say(event)
      check()
    }
  }

  return {
    prompt(delays: Partial<ProcessDelays>): void {
      if (session.state === 'idle') {
        model = createTurnModel({ ...DELAYS, ...delays })
        unrecorded = { turn: fold().turn + 1, from: events.length }
        told = port.commands.length
        cancelledAt = -1
      }
      session.prompt(delays)
      check()
    },
    cancel(): void {
      if (session.state === 'running') {
        if (!model!.started && !model!.stopping) sights.cancelDuringSpawn++
        cancelledAt = clock.now()
        model!.cancel()
      }
      session.cancel()
      check()
    },
    advance,
    say,
    /** What the port says to its next command, in the very step that gives it. */
    answerNext(answers: PortEvent[]): void {
      port.answerWith(() => {
        port.answerWith(() => [])
        for (const event of answers) modelSays(event)
        return answers
      })
    },
    /** The store fails to take the newest turn's first records, if it could still do so. */
    refuseTurn(): void {
      if (unrecorded === null) return
      if (session.state === 'idle') sights.unrecordedWhenGone++
      const { turn, from } = unrecorded
      unrecorded = null
      model = null
      events.length = from
      session.actor.send({ type: 'UNRECORDED', turn })
      expect(session.state).toBe('idle')
      expect(port.running).toBe(0)
      check()
    },
    /** The server goes and another one comes: all it knows is the log. */
    restart(): void {
      session.actor.stop()
      expect(port.running).toBe(0)
      const { turn, state, opened } = fold()
      session = open(turn)
      unrecorded = null
      cancelledAt = -1
      told = port.commands.length
      model = opened && createTurnModel(DELAYS, state === 'cancelling')
      if (state === 'cancelling') sights.adoptedWhileCancelling++
      if (opened !== null) session.adopt({ turn, cancelling: state === 'cancelling' })
      check()
    },
    /** Whatever was said before: a port that obeys from now on brings the session back to idle. */
    drain(): void {
      port.answerWith(() => [])
      say(STARTED, exited(0), CLEARED)
      expect(session.state).toBe('idle')
      expect(port.running).toBe(0)
    },
    /** And so does one that never says anything again once the agent has started: it is given up. */
    giveUp(): void {
      port.answerWith(() => [])
      say(STARTED)
      this.cancel()
      if (session.state !== 'idle') sights.givenUp++
      for (const ms of [DELAYS.interruptGraceMs, DELAYS.terminateGraceMs, DELAYS.killGraceMs]) advance(ms)
      expect(session.state).toBe('idle')
      expect(port.running).toBe(0)
    },
  }
}
