/**
 * The port of the process machine: runs one turn's agent for it, and says what happens.
 * It decides nothing but whether an agent that refused its memory is started once more.
 */
import type PQueue from 'p-queue'
import { type AnyActorRef, fromCallback } from 'xstate'
import type { OutputRecord, UnfinishedBlock } from '../../machines/events.ts'
import type { Exit, LeftoverPolicy, PortCommand, PortEvent } from '../../machines/process-events.ts'
import type { ReachFailPoint } from '../fail-points.ts'
import { LIMITS } from '../limits.ts'
import { removeCgroup } from './cgroup.ts'
import { type Host, thisMachine } from './host.ts'
import { createInput } from './input.ts'
import type { Leftovers } from './leftovers.ts'
import type { Pace } from './pace.ts'
import { patiently } from './patiently.ts'
import { leftoverNotices, unreadNotice } from './port-notices.ts'
import type { Run } from './run.ts'
import { LostError, StartError } from './shim-health.ts'
import { createStop } from './stop.ts'
import { type SupervisionDeps, supervise } from './supervise.ts'
import type { SpoolCursor, TurnContext } from './turn.ts'
import { turnPlace } from './turn-place.ts'

export type PortDeps = {
  /** How many turns run at once, over all sessions. */
  slots: PQueue
  pace: Pace
  /** How much an agent may say in one turn. */
  outputBytesMax: number
  freshId(): string
  /** Which start of the machine it is. */
  bootId(): string
  /** Milliseconds after that start. */
  uptimeMs(): number
  failPoint: ReachFailPoint
  /** Something failed that the turn goes on without. */
  onFault(error: unknown): void
}

/** What a port asks and tells the session of its turn. */
export type PortSession = {
  /** Everything that the port runs a turn with, with the newest cursor. */
  turnContext(turn: number): TurnContext
  /** Fulfilled when all that was said until now is stored; rejected when the turn never was. */
  durable(): Promise<void>
  /**
   * What the turn's agent is writing, after these records of its. Not told through the machine: it decides nothing by
   * it, it would be woken for every word, and the log, which is all that the machine is for here, has none of it.
   */
  onWriting(turn: number, blocks: readonly UnfinishedBlock[], records: readonly OutputRecord[]): void
}

/** Finds the session whose actors are in a system: each session has its own. */
export type SessionOf = (system: AnyActorRef['system']) => PortSession

const STOPS = new Set<PortCommand['type']>(['ABANDON', 'INTERRUPT', 'TERMINATE', 'KILL'])

/**
 * @param host where the turns run
 * @returns the logic to provide to the process machine as its `port`
 */
export const createProcessPort = (deps: PortDeps, sessionOf: SessionOf, host = thisMachine) =>
  fromCallback<PortCommand, { turn: number }>(({ sendBack, receive, input, system }) => {
    const turn = runTurn({ ...deps, ...sessionOf(system) }, host, input.turn, sendBack)
    receive(turn.command)
    return turn.detach
  })

export type ProcessPort = ReturnType<typeof createProcessPort>

type TurnDeps = PortDeps & PortSession

function runTurn(given: TurnDeps, host: Host, turn: number, sendBack: (event: PortEvent) => void) {
  const deps: TurnDeps = {
    ...given,
    // The turn is over, and its session may be deleted: what waits to be stored then never will be.
    onFault(error) {
      if (!detached) given.onFault(error)
    },
  }
  /** `gone`: the agent has exited, or never will have. */
  let agentIs: 'waiting' | 'started' | 'gone' = 'waiting'
  let detached = false
  /** Aborted when it is detached: a turn that waits for its place then gives it up. */
  const leaving = new AbortController()
  let stopping = false
  let run: Run | null = null
  /** Why it is being stopped: part of every cursor from then on. */
  let stop: SpoolCursor['stop'] = null

  /** When the agent last came to wait for no answer any more. */
  let resumedAt: number | null = null

  const spoolOf = (cursor: SpoolCursor): SpoolCursor => ({
    ...cursor,
    stop: stop ?? cursor.stop,
    resumedAt: resumedAt ?? cursor.resumedAt,
    unsaid: agentInput.unsaid,
  })
  const context = (): TurnContext => deps.turnContext(turn)
  const newestRunDir = (): string => {
    const { runDir, cursor } = context()
    return runDir(cursor.attempt)
  }

  const tell = (event: PortEvent): void => {
    if (!detached) sendBack(event)
  }

  const record = (): void => tell({ type: 'OUTPUT', records: [], spool: spoolOf(context().cursor) })
  const isDetached = (): boolean => detached
  const agentInput = createInput(
    {
      ...{ ...deps, host, isDetached, runDir: newestRunDir, retryMs: LIMITS.storeRetryMs },
      record,
    },
    context().cursor.unsaid,
  )
  const supervision: SupervisionDeps = {
    ...deps,
    host,
    turnContext: context,
    tell,
    spoolOf,
    onWriting(blocks, records) {
      if (!detached) deps.onWriting(turn, blocks, records)
    },
    onRun(opened) {
      run = opened
      if (agentIs === 'waiting') tell({ type: 'STARTED' })
      agentIs = 'started'
      agentInput.resume()
    },
    leaving: leaving.signal,
    isStopping: () => stopping,
    isDetached,
    reply(text) {
      if (!stopping) agentInput.say(text)
    },
  }

  /** Nothing more is done to the turn: what is left of it is said, and counted. */
  const clear = (left: Leftovers, notices: OutputRecord[]): void => {
    const { cursor } = context()
    // Given up before all that it said was stored: the disk is full, or it said too much too fast.
    const exit = agentIs === 'gone' ? null : run?.exit()
    const unread = agentIs === 'gone' ? 0 : host.outputBytes(newestRunDir()).out - cursor.offset
    const records = unread > 0 ? [...notices, unreadNotice(unread)] : notices
    // All that can fail comes first: what was told must not be told again.
    const { cgroup } = turnPlace(context())
    if (records.length > 0) tell({ type: 'OUTPUT', records, spool: spoolOf(cursor) })
    if (exit) tell({ type: 'EXITED', ...exit })
    if (cgroup !== null) removeCgroup(cgroup)
    tell({ type: 'CLEARED', survivors: left.alive.length + left.orphans.length })
  }

  const stopper = createStop({
    async record(cause) {
      const { cursor } = context()
      stop = cursor.stop ?? { cause, at: deps.uptimeMs() }
      if (cursor.stop === null) tell({ type: 'OUTPUT', records: [], spool: spoolOf(cursor) })
      // Told within a step of the machine, as by a clock of its own: the log hears of it when that step is over.
      await Promise.resolve()
      await deps.durable()
    },
    openKiller: () => host.openKiller(turnPlace(context())),
    isStarted: () => agentIs !== 'waiting',
    isGone: () => agentIs === 'gone',
    isDetached,
    cleared: (left) => clear(left, leftoverNotices(left, 'survivors')),
    onFault: deps.onFault,
  })

  const report = async (policy: LeftoverPolicy): Promise<void> => {
    const left = await patiently({ ...deps, isDetached }, stopper.look)
    if (left) clear(left, policy === 'keep' ? [] : leftoverNotices(left, 'left_behind'))
  }

  const onLeft = (exit: Exit | undefined): void => {
    if (exit === undefined) return
    agentIs = 'gone'
    tell({ type: 'EXITED', ...exit })
  }

  supervise(supervision).then(onLeft, (error: unknown) => {
    agentIs = 'gone'
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof StartError && run === null)
      tell({ type: 'START_FAILED', cause: error.reason, error: text })
    else if (error instanceof LostError) tell({ type: 'LOST', ...lossOf(error) })
    else tell({ type: 'LOST', cause: 'lost', error: `the turn could not be supervised: ${text}` })
  })

  /** Whatever was found: what ran when the machine was restarted was interrupted by that. */
  const lossOf = ({ reason, message, spare }: LostError) =>
    context().cursor.boot === deps.bootId()
      ? { cause: reason, error: message, spare }
      : { cause: 'interrupted' as const, error: 'the machine was restarted during the turn' }

  const obey = (command: PortCommand): void => {
    if (STOPS.has(command.type)) {
      stopping = true
      agentInput.drop()
    }
    switch (command.type) {
      case 'ANSWER':
        agentInput.say(context().agent.answer(command.asked, command.answer))
        break
      case 'RESUMED':
        resumedAt = deps.uptimeMs()
        record()
        break
      case 'END_INPUT':
        run?.endInput()
        break
      case 'REPORT':
        report(command.policy).catch(deps.onFault)
        break
      case 'ABANDON':
        // A turn that runs already, by whoever started it, is not abandoned: it is found, and then stopped.
        if (host.abandonRun(newestRunDir())) tell({ type: 'CLEARED', survivors: 0 })
        break
      case 'INTERRUPT':
        stopper.interrupt(command.cause, () => run?.interrupt(context().agent.interrupt))
        break
      case 'TERMINATE':
        stopper.signal('SIGTERM', command.cause)
        break
      case 'KILL':
        stopper.signal('SIGKILL', command.cause)
    }
  }

  return {
    command(command: PortCommand): void {
      try {
        obey(command)
      } catch (error) {
        // A throw would end the actor and leave the agent alone with nobody to stop it.
        deps.onFault(error)
      }
    },
    detach(): void {
      detached = true
      leaving.abort()
      run?.detach()
    },
  }
}
