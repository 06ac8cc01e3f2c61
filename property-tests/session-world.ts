/**
 * One session over machines that are real and a port that is not. It drives both the machines and the model of
 * the turn, and checks what must hold after every step. What happens to it is decided by commands.
 */
import { expect } from 'vitest'
import { type AnyActorRef, type InspectionEvent, SimulatedClock } from 'xstate'
import type { Approval, Decision, Event } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../src/machines/fold.ts'
import type {
  LeftoverPolicies,
  PortCommand,
  PortEvent,
  ProcessDelays,
} from '../src/machines/process-events.ts'
import { checkLog } from '../src/verify/check-log.ts'
import {
  APPROVAL_TIMEOUT_MS,
  asking,
  CLEARED,
  DELAYS,
  exited,
  STARTED,
  withdrawing,
} from '../test/machines/port-events.ts'
import { createScriptedPort } from '../test/machines/scripted-port.ts'
import { startSession } from '../test/machines/simulated-session.ts'
import { createTurnModel, type TurnModel } from './turn-model.ts'

/** What the runs came to see, over all of them: a property that never gets there says nothing. */
export const createSights = () => ({
  turns: 0,
  cancelDuringSpawn: 0,
  timeoutWhileStopping: 0,
  exitInTheTickOfCancel: 0,
  stallNotice: 0,
  stallKill: 0,
  overflow: 0,
  diskFull: 0,
  stopWhileSettling: 0,
  leftoversEnded: 0,
  leftoversSpared: 0,
  kill: 0,
  givenUp: 0,
  hung: 0,
  adoptedWhileCancelling: 0,
  unrecordedWhenGone: 0,
  answered: 0,
  answeredTooLate: 0,
  expired: 0,
  withdrawn: 0,
  deniedByCancel: 0,
  severalOpen: 0,
  answeredAfterRestart: 0,
  finishedWhileAsking: 0,
})
export type Sights = ReturnType<typeof createSights>

export type SessionWorld = ReturnType<typeof createSessionWorld>

const LADDER: PortCommand['type'][] = ['ABANDON', 'INTERRUPT', 'TERMINATE', 'KILL']

/** @param watch told of all that xstate tells of the session's actors; it must not throw */
export function createSessionWorld(
  sights: Sights,
  leftovers: LeftoverPolicies,
  watch: (inspected: InspectionEvent) => void = () => {},
) {
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
  let hasExited = false
  /** When each approval was asked for; milliseconds of the clock. */
  const askedAt = new Map<string, number>()
  let adoptedWith = new Set<string>()

  function open(turn = 0) {
    return startSession({ turn, port, clock, events, leftovers, inspect })
  }

  // Noted here and checked later: an observer that throws puts the actor in error.
  function inspect(inspected: InspectionEvent): void {
    watch(inspected)
    if (inspected.type !== '@xstate.event') return
    const { type } = inspected.event
    if (![...LADDER, 'END_INPUT', 'REPORT'].includes(type)) return
    if ((inspected.actorRef as AnyActorRef).getSnapshot().status !== 'active') strays.push(type)
  }

  const fold = (): SessionFold => events.reduce(foldEvent, EMPTY_FOLD)

  const modelSays = (event: PortEvent): void => {
    if (model === null) return
    if (event.type === 'EXITED' && model.started) hasExited = true
    if (event.type !== 'CLEARED') unrecorded = null
    if (event.type === 'EXITED' && cancelledAt === clock.now()) sights.exitInTheTickOfCancel++
    model.say(event, clock.now())
  }

  const waiting = (): Approval[] => fold().approvals

  /** The model is told whether the agent waits, whatever it was that changed it. */
  const noteWaiting = (): void => {
    if (waiting().length > 1) sights.severalOpen++
    model?.waitsForAnswers(waiting().length > 0, clock.now())
  }

  const checkApprovals = (): void => {
    const asked = events.flatMap((event) => (event.kind === 'approval' ? [event.approvalId] : []))
    const resolved = events.flatMap((event) => (event.kind === 'approval_resolved' ? [event] : []))
    const ids = resolved.map(({ approvalId }) => approvalId)
    const open = waiting().map(({ approvalId }) => approvalId)
    expect([...ids, ...open].sort(), 'what is asked is answered once, or waits').toEqual(asked.sort())
    if (session.state !== 'running') expect(open, 'nothing waits but for a turn that runs').toEqual([])
    const told = resolved.filter(({ by }) => by === 'phone' || by === 'deadline')
    for (const { approvalId, decision } of port.answers)
      expect(told, 'the agent is told what is on record').toContainEqual(
        expect.objectContaining({ approvalId, decision }),
      )
    expect(new Set(port.answers.map(({ approvalId }) => approvalId)).size).toBe(port.answers.length)
  }

  const reported = (): boolean => port.commands.slice(told).includes('REPORT')

  const check = (): void => {
    expect(checkLog(events)).toEqual([])
    expect(port.runningMax).toBeLessThanOrEqual(1)
    expect(strays).toEqual([])
    expect(session.actor.getSnapshot().status).toBe('active')
    expect(fold().state).toBe(session.state)
    noteWaiting()
    checkApprovals()
    const steps = port.commands.slice(told).filter((command) => LADDER.includes(command))
    expect(steps, 'the kill ladder is climbed upwards').toEqual(LADDER.filter((step) => steps.includes(step)))
    expect(port.policies, 'what is to be ended is not just reported').not.toContain('kill')
    if (model === null || session.state !== 'idle') return
    const end = events.at(-1)!
    expect(end, 'the first cause wins').toMatchObject({ kind: 'turn_end', outcome: model.outcome })
    const codes = events.flatMap((event) =>
      event.turn === end.turn && (event.kind === 'error' || event.kind === 'notice') ? [event.code] : [],
    )
    const error = events.find((event) => event.turn === end.turn && event.kind === 'error')
    expect(model.codes, 'and is what the log says').toContain(
      error && 'code' in error ? error.code : undefined,
    )
    const see = (sight: keyof Sights, isSeen: boolean): void => {
      if (isSeen) sights[sight]++
    }
    see('kill', steps.includes('KILL'))
    see('hung', codes.includes('agent_hung'))
    see('stallNotice', codes.includes('agent_silent'))
    see('stallKill', codes.includes('stalled'))
    see('overflow', codes.includes('output_limit'))
    see('diskFull', codes.includes('disk_full'))
    const isEnded = model.exited && !model.stopping && steps.includes('TERMINATE')
    expect(isEnded, 'after a natural exit').toBe(
      model.exited && !model.stopping && leftovers.ended === 'kill',
    )
    see('leftoversEnded', isEnded)
    see('leftoversSpared', steps.includes('INTERRUPT') && !steps.includes('TERMINATE') && reported())
    sights.turns++
    model = null
  }

  /** In steps, so that the model has each deadline when it comes. */
  const advance = (ms: number): void => {
    const end = clock.now() + ms
    for (;;) {
      const deadlines = waiting().map(({ approvalId }) => askedAt.get(approvalId)! + APPROVAL_TIMEOUT_MS)
      const next = Math.min(...deadlines)
      if (next > end) break
      const before = waiting().length
      step(next - clock.now())
      expect(waiting().length, 'whoever is not answered is denied at the deadline').toBeLessThan(before)
      sights.expired++
    }
    step(end - clock.now())
  }

  const step = (ms: number): void => {
    const wasStopping = model?.stopping
    const wasLate = model?.isLate(clock.now())
    model?.tick(clock.now() + ms)
    clock.increment(ms)
    if (wasStopping && !wasLate && model?.isLate(clock.now())) sights.timeoutWhileStopping++
    check()
  }

  const say = (...said: PortEvent[]): void => {
    for (const event of said) {
      if (event.type === 'FINISHED' && waiting().length > 0) sights.finishedWhileAsking++
      // An agent goes once.
      if (event.type === 'EXITED' && hasExited) continue
      if (port.running > 0) modelSays(event)
      port.say(event)
      check()
    }
  }

  return {
    /** The log. */
    events: events as readonly Event[],
    /** The agent asks, each time under another name. */
    ask(): void {
      const approvalId = `approval ${askedAt.size}`
      askedAt.set(approvalId, clock.now())
      say(asking(approvalId))
    },
    /** @param which of those that were ever asked, the newest first */
    answer(which: number, decision: Decision): void {
      const approvalId = [...askedAt.keys()].at(-1 - which)
      if (approvalId === undefined) return
      const isOpen = waiting().some((open) => open.approvalId === approvalId)
      sights[isOpen ? 'answered' : 'answeredTooLate']++
      if (isOpen && adoptedWith.has(approvalId)) sights.answeredAfterRestart++
      session.answer(approvalId, { decision })
      check()
    },
    /** The agent wants no answer any more. */
    withdraw(which: number): void {
      const approvalId = [...askedAt.keys()].at(-1 - which)
      if (approvalId === undefined) return
      const before = waiting().length
      say(withdrawing(approvalId))
      if (waiting().length < before) sights.withdrawn++
    },
    prompt(delays: Partial<ProcessDelays>): void {
      if (session.state === 'idle') {
        model = createTurnModel({ ...DELAYS, ...delays })
        unrecorded = { turn: fold().turn + 1, from: events.length }
        told = port.commands.length
        cancelledAt = -1
        hasExited = false
      }
      session.prompt(delays)
      check()
    },
    cancel(): void {
      if (session.state === 'running') {
        if (!model!.started && !model!.stopping) sights.cancelDuringSpawn++
        if (model!.exited && reported() && !model!.stopping) sights.stopWhileSettling++
        cancelledAt = clock.now()
        model!.cancel()
      }
      if (session.state === 'running' && waiting().length > 0) sights.deniedByCancel++
      session.cancel()
      check()
    },
    advance,
    say,
    /**
     * What the port says to its next command, in the very step that gives it. Not to an answer for the agent: of that
     * nothing comes before the agent has read it, least of all the agent's end.
     */
    answerNext(answers: PortEvent[]): void {
      port.answerWith(({ type }) => {
        if (type === 'ANSWER') return []
        port.answerWith(() => [])
        const said = answers.filter((event, index) => {
          const isSecond = event.type === 'EXITED' && (hasExited || answers.indexOf(event) < index)
          if (!isSecond) modelSays(event)
          return !isSecond
        })
        return said
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
      const { turn, state, opened, approvals } = fold()
      session = open(turn)
      unrecorded = null
      cancelledAt = -1
      hasExited = false
      told = port.commands.length
      model = opened && createTurnModel(DELAYS, state === 'cancelling')
      if (state === 'cancelling') sights.adoptedWhileCancelling++
      adoptedWith = new Set(approvals.map(({ approvalId }) => approvalId))
      const left = approvals.map(({ expiresAt, ...asked }) => ({
        asked,
        remainingMs: askedAt.get(asked.approvalId)! + APPROVAL_TIMEOUT_MS - clock.now(),
      }))
      if (opened !== null) session.adopt({ turn, cancelling: state === 'cancelling', approvals: left })
      check()
    },
    /** Whatever was said before: a port that obeys from now on brings the session back to idle. */
    drain(): void {
      port.answerWith(() => [])
      say(STARTED, exited(0), CLEARED)
      expect(session.state).toBe('idle')
      expect(port.running).toBe(0)
    },
    /** And so does one that never says anything again, once it has said its last: it is given up. */
    giveUp(...last: PortEvent[]): void {
      port.answerWith(() => [])
      say(...last)
      this.cancel()
      const isGivenUp = session.state !== 'idle'
      if (isGivenUp) sights.givenUp++
      for (const ms of [DELAYS.interruptGraceMs, DELAYS.terminateGraceMs, DELAYS.killGraceMs]) advance(ms)
      expect(session.state).toBe('idle')
      if (isGivenUp) expect(events.at(-1)).toMatchObject({ kind: 'turn_end', survivors: 1 })
      expect(port.running).toBe(0)
    },
  }
}
