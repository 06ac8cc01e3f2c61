/**
 * The turns of one session: its actor and its log, tied together. What the actor emits goes to the log; how a turn
 * begins, and how one that another server left open is gone on with. Whether it may begin is for others to decide.
 */
import type { LogRecord } from '../machines/events.ts'
import type { InspectedProcess } from '../machines/inspection.ts'
import type { LeftoverPolicies } from '../machines/process-events.ts'
import type { SessionMachineEvent } from '../machines/session-events.ts'
import type { Agents } from './agents/registry.ts'
import { allowedFor, openApprovals } from './approvals.ts'
import type { Directories } from './directories.ts'
import { LIMITS } from './limits.ts'
import { createLog } from './log/log.ts'
import type { Remembered, SessionRow, Store } from './log/store.ts'
import type { Writer } from './log/writer.ts'
import { removeEmptyCgroups } from './process/cgroup.ts'
import { removeOldRuns } from './process/old-runs.ts'
import { isClaimed } from './process/run-directory.ts'
import type { TurnContext } from './process/turn.ts'
import { turnPlace } from './process/turn-place.ts'
import { listTurnProcesses } from './process/turn-processes.ts'
import type { Accepted, Start } from './prompt.ts'
import { dequeuedRecord } from './queue/records.ts'
import type { SessionActors } from './session-actors.ts'
import { type Asked, beginTurn, createTurnContext, readAsked, turnNameOf } from './turn-context.ts'
import { type TurnClocks, turnDelays } from './turn-delays.ts'

export type TurnsDeps = TurnClocks & {
  store: Store
  writer: Writer
  agents: Agents
  actors: SessionActors
  directories: Directories
  environment: Record<string, string>
  /** Below which workspaces must lie that are not the server's own. */
  workspaceRoots: readonly string[]
  cgroupParent: string | null
  now: () => Date
  /** Which start of the machine it is. */
  bootId: () => string
  /** Milliseconds after that start. */
  uptimeMs: () => number
  freshId: () => string
  /** How long an approval waits for an answer; null for ever. */
  approvalTimeoutMs: number | null
  leftovers: LeftoverPolicies
  onFault: (error: unknown) => void
}

/**
 * @param start what the store holds of the session
 * @param currentRow what is set for the session now
 */
export function createTurns(deps: TurnsDeps, start: SessionRow, currentRow: () => SessionRow) {
  const { id } = start
  /** What the newest turn was asked for. */
  let asked: Asked = { prompt: '', model: start.model, attachments: [] }
  /** Set when a prompt is given to the actor: stored together with what the actor says to it, `before` in front. */
  let withPrompt: { before?: LogRecord[]; spool?: unknown; remembered?: Remembered } = {}

  const log = createLog(
    { ...deps, onUnrecorded: (turn) => send({ type: 'UNRECORDED', turn }) },
    { sessionId: id, fold: start.fold, spool: start.spool },
  )
  const turnContext = (turn: number): TurnContext => {
    const row = currentRow()
    const { agentSessionId } = log.fold
    const allowed = allowedFor(row, log.fold)
    return createTurnContext(deps, { row, asked, turn, spool: log.spool, agentSessionId, allowed })
  }
  const { leftovers, approvalTimeoutMs } = deps
  const actor = deps.actors.create(
    { turn: start.fold.turn, leftovers, approvalTimeoutMs },
    { turnContext, durable: () => log.durable({ patient: true }), onWriting: log.partials.set },
  )
  actor.on('append', ({ records, spool }) => {
    const { before = [], ...extra } = withPrompt
    withPrompt = {}
    log.append([...before, ...records], { spool, ...extra })
  })
  // Machines do not throw; should one do so all the same, somebody must hear of it.
  actor.subscribe({ error: deps.onFault })
  actor.start()

  const removeRuns = async (keep: string | null): Promise<void> => {
    await removeOldRuns(deps.directories.runs(id), keep, (parts) => turnNameOf(id, parts))
    // What an older turn left behind may be gone by now, and its cgroup empty.
    if (deps.cgroupParent !== null) removeEmptyCgroups(deps.cgroupParent, LIMITS.emptyCgroupMs)
  }

  const isActive = (): boolean => actor.getSnapshot().status === 'active'
  /** Whether the actor takes a prompt. */
  const isIdle = (): boolean => isActive() && actor.getSnapshot().value === 'idle'

  /** @returns whether the actor was there to hear it: it is not when the session was let go of, or it has failed */
  const send = (event: SessionMachineEvent): boolean => {
    const isHeard = isActive()
    if (isHeard) actor.send(event)
    return isHeard
  }

  return {
    log,
    actor,
    isIdle,
    send,
    removeRuns,
    /**
     * Begins a turn in this very step, which is one in which the actor is idle and all that is older is stored.
     * Fulfilled when it is durable.
     * @throws storage_full, storage_failed: it never was
     */
    async begin(wanted: Start): Promise<Accepted> {
      const { text, by, promptId, attachments } = wanted
      const row = currentRow()
      const model = wanted.model ?? row.model
      const { turn: before, agentSessionId } = log.newest
      const left = promptId === undefined ? [] : [{ ...dequeuedRecord(promptId, 'started'), turn: before }]
      const accepted = { turn: before + 1, eventId: log.nextId + left.length }
      const agent = deps.agents.get(row.agent)!
      const run = deps.freshId()
      const spool = beginTurn(agent, { row, turn: accepted.turn, agentSessionId, run, boot: deps.bootId() })
      asked = { prompt: text, model, attachments }
      withPrompt = {
        ...{ before: left, spool },
        ...(wanted.idempotency && { remembered: { ...wanted.idempotency, answer: accepted } }),
      }
      send({
        ...{ type: 'PROMPT', text, agent: row.agent, model, delays: turnDelays(deps) },
        ...(promptId !== undefined && { promptId }),
        ...(by !== undefined && { by }),
        ...(attachments.length > 0 && { attachments }),
      })
      await log.durable()
      removeRuns(run).catch(deps.onFault)
      return accepted
    },
    /** Goes on with the turn that the log left open. */
    async adopt(): Promise<void> {
      const { opened, state, turn } = log.fold
      if (opened === null) return
      asked = await readAsked(log.readStore, opened.id)
      const { boot, startedAt, resumedAt, stop, finished } = turnContext(turn).cursor
      const sinceMs = (at: number | null | undefined): number =>
        at == null || boot !== deps.bootId() ? 0 : Math.max(0, deps.uptimeMs() - at)
      send({
        ...{ type: 'ADOPT', turn, cancelling: state === 'cancelling' },
        stop: stop?.cause ?? null,
        resultError: finished?.error ?? null,
        approvals: openApprovals(log.fold.approvals, deps.now()),
        delays: turnDelays(deps, { runMs: sinceMs(resumedAt ?? startedAt), stopMs: sinceMs(stop?.at) }),
      })
    },
    /** What runs for the open turn, and this server. */
    processes(bodies: boolean): InspectedProcess[] {
      const { opened, turn } = log.fold
      return listTurnProcesses(opened === null ? null : turnPlace(turnContext(turn)), bodies)
    },
    /** Whether the turn that the log left open runs already, and since when it is open. Null when it left none. */
    adoptionOrder(): { runs: boolean; since: string } | null {
      const { opened, turn } = log.fold
      if (opened === null) return null
      const { cursor, runDir } = turnContext(turn)
      return { runs: isClaimed(runDir(cursor.attempt)), since: opened.at }
    },
  }
}
