/** What a turn's process is run with, how far it has come, and whether it may be started: once, or once more. */
import type { Cause, Exit } from '../../machines/process-events.ts'
import type { AdapterState, Agent, AgentMemory, Launch } from '../agents/agent.ts'
import type { Unsaid } from './input.ts'
import type { RunOptions } from './run-options.ts'
import { LostError, StartError, toStartError } from './shim-health.ts'

/** How far a turn has been read: stored with the events that came of it, and enough to go on from there. */
export type SpoolCursor = {
  turn: number
  /** Names the turn's run directories: a log that was restored from a backup must not find those of another turn. */
  run: string
  /** Which start of the agent within the turn. */
  attempt: number
  /** Under which boot of the machine the turn was recorded; the times below count from it. */
  boot: string
  /** When the turn's agent was first seen to run; milliseconds after the boot. */
  startedAt: number | null
  /** When it last came to wait for no answer any more: its time has begun anew then. Null before the first. */
  resumedAt: number | null
  /** What it is to be told, and may not have been. */
  unsaid: Unsaid | null
  /** Why and since when the turn is being stopped: on record before anything is done to it. */
  stop: { cause: Cause; at: number } | null
  /** What the agent's result complained of, once it has said one. */
  finished: { error: string | null } | null
  offset: number
  state: AdapterState
  memory: AgentMemory
}

export type TurnContext = Pick<RunOptions, 'turnName' | 'cwd' | 'env'> & {
  agent: Agent
  /** Why the agent cannot run here; null when it can. */
  whyNot: string | null
  cursor: SpoolCursor
  launch(cursor: SpoolCursor): Launch
  runDir(attempt: number): string
  cgroup(attempt: number): RunOptions['cgroup']
}

const ATTEMPTS_MAX = 3

/** Whether the agent is to be started once more: with which cursor, and what the log says of it. */
export function retryTurn(agent: Agent, exit: Exit, cursor: SpoolCursor, freshId: string) {
  if (cursor.attempt + 1 >= ATTEMPTS_MAX) return null
  const again = agent.retry(cursor.state, exit, cursor.memory, freshId)
  if (again === null) return null
  const next = { attempt: cursor.attempt + 1, startedAt: null, offset: 0, state: agent.begin() }
  return { record: again.record, cursor: { ...cursor, ...next, memory: again.memory } }
}

/**
 * A run that is claimed is gone on with. One that is not is started, unless it may have been claimed before and the
 * claim was lost, with the run's directory or in a power cut: better not at all than twice.
 * @param now.boot which start of the machine it is
 * @throws StartError or LostError
 */
export function checkMayStart(
  { cursor, whyNot }: TurnContext,
  now: { isClaimed: boolean; boot: string },
): void {
  if (now.isClaimed) return
  if (cursor.boot !== now.boot)
    throw new LostError('interrupted', 'the machine was restarted before the turn was seen to start')
  if (cursor.startedAt !== null) throw new LostError('lost', "the turn's run directory is gone")
  if (whyNot !== null) throw new StartError(whyNot)
}

/** @throws StartError */
export function prepareLaunch(launch: TurnContext['launch'], cursor: SpoolCursor): Launch {
  try {
    return launch(cursor)
  } catch (error) {
    throw toStartError(error)
  }
}
