/**
 * The port of the process machine: runs one turn's agent for it, and says what happens.
 * It decides nothing but whether an agent that refused its memory is started once more.
 */
import { setImmediate as nextTick } from 'node:timers/promises'
import type PQueue from 'p-queue'
import { fromCallback } from 'xstate'
import type { OutputRecord } from '../../machines/events.ts'
import type { Exit, PortCommand, PortEvent } from '../../machines/process-events.ts'
import { openKiller } from './kill.ts'
import { openRun, type Run } from './run.ts'
import { isClaimed } from './run-directory.ts'
import { LostError, StartError } from './shim-health.ts'
import { takeSlot } from './slots.ts'
import { createStop } from './stop.ts'
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

  const stopper = createStop({
    async record(cause) {
      const { cursor } = deps.turnContext(turn)
      stop = cursor.stop ?? { cause, at: deps.now().toISOString() }
      if (cursor.stop === null) tell({ type: 'OUTPUT', records: [], spool: spoolOf(cursor) })
      await deps.durable()
    },
    openKiller() {
      const { runDir, turnName, cursor } = deps.turnContext(turn)
      return openKiller(runDir(cursor.attempt), turnName)
    },
    isStarted: () => started,
    isGone: () => gone,
    isDetached: () => detached,
    cleared: (survivors) => tell({ type: 'CLEARED', survivors }),
    onFault: deps.onFault,
  })

  supervise().catch((error: unknown) => {
    gone = true
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof StartError && !started) tell({ type: 'START_FAILED', error: text })
    else if (error instanceof LostError) tell({ type: 'LOST', cause: error.reason, error: text })
    else tell({ type: 'LOST', cause: 'lost', error: `the turn could not be supervised: ${text}` })
  })

  const abandon = (): void => {
    // A turn that another server started is not ours to abandon: it is found, and then stopped.
    const { runDir, cursor } = deps.turnContext(turn)
    if (spawning || isClaimed(runDir(cursor.attempt))) return
    abandoned = true
    tell({ type: 'CLEARED', survivors: 0 })
  }

  const obey = (command: PortCommand): void => {
    const { type } = command
    if (type === 'END_INPUT') run?.endInput()
    else stopping = true
    if (type === 'ABANDON') abandon()
    if (type === 'INTERRUPT')
      stopper.interrupt(command.cause, () => run?.interrupt(deps.turnContext(turn).agent.interrupt))
    if (type === 'TERMINATE') stopper.signal('SIGTERM', command.cause)
    if (type === 'KILL') stopper.signal('SIGKILL', command.cause)
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
      run?.detach()
    },
  }
}
