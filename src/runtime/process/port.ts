/**
 * The port of the process machine: runs one turn's agent for it, and says what happens.
 * It decides nothing but whether an agent that refused its memory is started once more.
 */
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises'
import type PQueue from 'p-queue'
import { fromCallback } from 'xstate'
import type { OutputRecord } from '../../machines/events.ts'
import type { Cause, Exit, PortCommand, PortEvent } from '../../machines/process-events.ts'
import { LIMITS } from '../limits.ts'
import { type Killer, openKiller } from './kill.ts'
import { openRun, type Run } from './run.ts'
import { isClaimed } from './run-directory.ts'
import { LostError, StartError } from './shim-health.ts'
import { takeSlot } from './slots.ts'
import { type StopSignal, type Sweeper, sweep } from './sweep.ts'
import { checkMayStart, prepareLaunch, retryTurn, type SpoolCursor, type TurnContext } from './turn.ts'

const WAITING: OutputRecord = {
  kind: 'notice',
  level: 'info',
  code: 'waiting_for_slot',
  text: 'The turn waits: as many turns as this server allows are running already.',
}

export type PortDeps = {
  /** Everything that the port runs a turn with, with the newest cursor. */
  turnContext(turn: number): TurnContext
  /** Fulfilled when all that was said until now is stored; rejected when the turn never was. */
  durable(): Promise<void>
  /** How many turns run at once, over all sessions. */
  slots: PQueue
  freshId(): string
  now(): Date
  /** Something failed that the turn goes on without. */
  onFault(error: unknown): void
}

/** @returns the logic to provide to the process machine as its `port` */
export const createProcessPort = (deps: PortDeps) =>
  fromCallback<PortCommand, { turn: number }>(({ sendBack, receive, input }) => {
    const turn = runTurn(deps, input.turn, sendBack)
    receive(turn.command)
    return turn.detach
  })

function runTurn(deps: PortDeps, turn: number, sendBack: (event: PortEvent) => void) {
  let detached = false
  /** Nothing was started when the turn was stopped, and nothing will be. */
  let abandoned = false
  let stopping = false
  let spawning = false
  let started = false
  /** The agent has exited, or never will have. */
  let gone = false
  let run: Run | null = null
  /** Why it is being stopped: part of every cursor from then on. */
  let stop: SpoolCursor['stop'] = null
  let stopRecorded: Promise<unknown> | null = null
  let stopSignal: StopSignal = 'SIGTERM'
  let killer: Killer | null = null
  let sweeper: Sweeper | null = null

  const spoolOf = (cursor: SpoolCursor): SpoolCursor => ({ ...cursor, stop: stop ?? cursor.stop })

  const tell = (event: PortEvent): void => {
    if (!detached) sendBack(event)
  }

  const supervise = async (): Promise<void> => {
    // The machine says the turn's first records in the very step that starts this port.
    await nextTick()
    try {
      await deps.durable()
    } catch {
      // The turn was never recorded, so it must not run. The session knows that from its log.
      return
    }
    if (detached || abandoned) return
    const context = deps.turnContext(turn)
    checkMayStart(context)
    const release = await takeSlot(deps.slots, {
      // What runs already does not wait for leave to do so.
      mayWait: !isClaimed(context.runDir(context.cursor.attempt)),
      onWait: () => tell({ type: 'OUTPUT', records: [WAITING], spool: context.cursor }),
    })
    try {
      if (!detached && !abandoned) await runAttempts(context)
    } finally {
      release()
    }
  }

  const runAttempts = async (context: TurnContext): Promise<void> => {
    let { cursor } = context
    for (;;) {
      const end = await runOnce(context, cursor)
      if (end === null) return
      const again = stopping ? null : retryTurn(context.agent, end.exit, end.cursor, deps.freshId())
      if (again !== null) {
        cursor = again.cursor
        tell({ type: 'OUTPUT', records: [again.record], spool: spoolOf(cursor) })
        await deps.durable()
      }
      // Asked again: it may have been stopped while that was stored.
      if (again === null || stopping) {
        gone = true
        tell({ type: 'EXITED', ...end.exit })
        return
      }
    }
  }

  /** @returns null when it was detached */
  const runOnce = async (
    { agent, runDir, turnName, launch, cwd, env }: TurnContext,
    from: SpoolCursor,
  ): Promise<{ exit: Exit; cursor: SpoolCursor } | null> => {
    let cursor = from
    const prepared = prepareLaunch(launch, cursor)
    spawning = true
    const opened = await openRun({ dir: runDir(cursor.attempt), turnName, launch: prepared, cwd, env })
    run = opened
    if (!started) tell({ type: 'STARTED' })
    started = true
    if (cursor.startedAt === null) {
      cursor = { ...cursor, startedAt: deps.now().toISOString() }
      tell({ type: 'OUTPUT', records: [], spool: spoolOf(cursor) })
    }
    // Said to the server before this one, which may not have lived to do what follows from it.
    if (cursor.finished) tell({ type: 'FINISHED', error: cursor.finished.error })
    try {
      if (detached) return null
      const exit = await opened.read(cursor.offset, async (lines, offset) => {
        const { state, records, finished } = agent.translate(cursor.state, lines)
        cursor = { ...cursor, offset, state, finished: finished ?? cursor.finished }
        // Lines that say nothing are read again after a crash: that costs less than a commit.
        if (records.length > 0) tell({ type: 'OUTPUT', records, spool: spoolOf(cursor) })
        if (finished) tell({ type: 'FINISHED', error: finished.error })
        if (records.length > 0) await deps.durable()
      })
      return exit && { exit, cursor }
    } finally {
      opened.detach()
    }
  }

  /** Looked for until there is one: a start that hung may still succeed. */
  const findKiller = (): Killer | null => {
    const { runDir, turnName, cursor } = deps.turnContext(turn)
    const found = killer ?? openKiller(runDir(cursor.attempt), turnName)
    // Before the start it may not know the agent yet.
    if (started) killer = found
    return found
  }

  /**
   * Has it on record why the turn is being stopped, so that a server that finds it half stopped can go on with that.
   * A store that cannot write must not keep it from being stopped.
   */
  const recordStop = (cause: Cause): Promise<unknown> => {
    if (stopRecorded) return stopRecorded
    const { cursor } = deps.turnContext(turn)
    stop = cursor.stop ?? { cause, at: deps.now().toISOString() }
    if (cursor.stop === null) tell({ type: 'OUTPUT', records: [], spool: spoolOf(cursor) })
    const late = sleep(LIMITS.stopRecordMs, undefined, { ref: false })
    stopRecorded = Promise.race([deps.durable().catch(() => {}), late])
    return stopRecorded
  }

  const sweepWith = (signal: StopSignal, cause: Cause): void => {
    stopping = true
    stopSignal = signal
    sweeper?.escalate(signal)
    void recordStop(cause).then(() => {
      if (detached) return
      sweeper ??= sweep({
        signal: stopSignal,
        killer: findKiller,
        isDone: () => gone,
        isDetached: () => detached,
        cleared: (survivors) => tell({ type: 'CLEARED', survivors }),
        onFault: deps.onFault,
      })
    })
  }

  supervise().catch((error: unknown) => {
    gone = true
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof StartError && !started) tell({ type: 'START_FAILED', error: text })
    else if (error instanceof LostError) tell({ type: 'LOST', cause: error.reason, error: text })
    else tell({ type: 'LOST', cause: 'lost', error: `the turn could not be supervised: ${text}` })
  })

  const abandon = (): void => {
    stopping = true
    // A turn that another server started is not ours to abandon: it is found, and then stopped.
    const { runDir, cursor } = deps.turnContext(turn)
    if (spawning || isClaimed(runDir(cursor.attempt))) return
    abandoned = true
    tell({ type: 'CLEARED', survivors: 0 })
  }

  const interrupt = (cause: Cause): void => {
    stopping = true
    findKiller()?.note()
    recordStop(cause)
      .then(() => {
        if (!detached) run?.interrupt(deps.turnContext(turn).agent.interrupt)
      })
      .catch(deps.onFault)
  }

  const obey = (command: PortCommand): void => {
    switch (command.type) {
      case 'ABANDON':
        abandon()
        break
      case 'END_INPUT':
        run?.endInput()
        break
      case 'INTERRUPT':
        interrupt(command.cause)
        break
      case 'TERMINATE':
        sweepWith('SIGTERM', command.cause)
        break
      case 'KILL':
        sweepWith('SIGKILL', command.cause)
        break
    }
  }

  return {
    command(command: PortCommand): void {
      try {
        obey(command)
      } catch (error) {
        // A throw would end the actor and leave the agent alone with nobody to stop it. What could not be said to
        // it (the disk is full) is made up for by the next rung of the ladder.
        deps.onFault(error)
      }
    },
    detach(): void {
      detached = true
      run?.detach()
    },
  }
}
