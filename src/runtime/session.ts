/**
 * One session of this server: its actor, its log and its directories under one roof. Commands come in here and go
 * to the actor; what the actor emits goes to the log. Knows nothing of HTTP.
 */
import type PQueue from 'p-queue'
import { createActor, waitFor } from 'xstate'
import type { LogRecord, Resolution, Session as SessionView } from '../machines/events.ts'
import { processMachine } from '../machines/process.ts'
import type { LeftoverPolicies } from '../machines/process-events.ts'
import { sessionMachine } from '../machines/session.ts'
import type { Agents } from './agents/registry.ts'
import { type ApprovalAnswer, createApprovals, openApprovals } from './approvals.ts'
import type { Directories } from './directories.ts'
import { CodedError } from './errors.ts'
import type { ReachFailPoint } from './fail-points.ts'
import { findAttached } from './files/attached.ts'
import { createFiles } from './files/files.ts'
import { createIdempotency, type IdempotencyKey } from './idempotency.ts'
import { LIMITS } from './limits.ts'
import { createLog } from './log/log.ts'
import type { Remembered, SessionEdit, SessionRow, Store } from './log/store.ts'
import type { Writer } from './log/writer.ts'
import { onRecord } from './on-record.ts'
import { bootId } from './process/boot.ts'
import { removeEmptyCgroups } from './process/cgroup.ts'
import { removeOldRuns } from './process/old-runs.ts'
import type { PortDeps, ProcessPort } from './process/port.ts'
import { isClaimed } from './process/run-directory.ts'
import type { TurnContext } from './process/turn.ts'
import { type Accepted, checkModel, checkPrompt, type Prompt, type Start } from './prompt.ts'
import { createQueue, type Queued } from './queue/queue.ts'
import { dequeuedRecord } from './queue/records.ts'
import type { QueueAfterCancel } from './queue/rules.ts'
import { viewSession } from './session-view.ts'
import { type Asked, beginTurn, createTurnContext, readAsked, turnNameOf } from './turn-context.ts'
import { type TurnClocks, turnDelays } from './turn-delays.ts'

export type SessionDeps = TurnClocks & {
  store: Store
  writer: Writer
  agents: Agents
  slots: PQueue
  directories: Directories
  environment: Record<string, string>
  cgroupParent: string | null
  now: () => Date
  /** Milliseconds after the machine's start. */
  uptimeMs: () => number
  freshId: () => string
  outputBytesMax: number
  /** How long an approval waits for an answer; null for ever. */
  approvalTimeoutMs: number | null
  /** What the process machine runs turns with. */
  createPort: (deps: PortDeps) => ProcessPort
  leftovers: LeftoverPolicies
  queueAfterCancel: QueueAfterCancel
  failPoint: ReachFailPoint
  onFault: (error: unknown) => void
}

/** `waiting`: how many prompts wait, when any do. */
export type Cancelled = { cancelled: boolean; waiting?: number }

/** @param start what the store holds of the session */
export function createSession(deps: SessionDeps, start: SessionRow) {
  const { id } = start
  let row = start
  let deleting = false
  /** What the newest turn was asked for. */
  let asked: Asked = { prompt: '', model: row.model, attachments: [] }
  /** Set when a prompt is given to the actor: stored together with what the actor says to it, `before` in front. */
  let withPrompt: { before?: LogRecord[]; spool?: unknown; remembered?: Remembered } = {}
  const endings = new Set<() => void>()

  const log = createLog(
    { ...deps, onUnrecorded: (turn) => actor.send({ type: 'UNRECORDED', turn }) },
    { sessionId: id, fold: row.fold, spool: row.spool },
  )

  const turnContext = (turn: number): TurnContext =>
    createTurnContext(deps, { ...log.fold, row, asked, turn, spool: log.spool })
  const port = deps.createPort({
    ...{ ...deps, turnContext, durable: () => log.durable({ patient: true }) },
    onWriting: log.partials.set,
  })
  const machine = sessionMachine.provide({
    actors: { process: processMachine.provide({ actors: { port } }) },
  })
  const actor = createActor(machine, { input: { ...deps, turn: row.fold.turn } })
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

  const mayBegin = (): boolean => {
    const { status, value } = actor.getSnapshot()
    return !deleting && status === 'active' && value === 'idle'
  }

  /**
   * What an older turn still has to store must not share the fate of the next one's first records: calls back in a step
   * in which all is stored, or no turn can begin. Again after each wait, since a turn may end just behind it.
   */
  const whenStored = async <T>(look: () => Promise<T>): Promise<T> => {
    do await log.durable()
    while (mayBegin() && !log.isStored)
    return look()
  }

  /** Only when `mayBegin`, in the step of `whenStored`. */
  const begin = async (start: Start): Promise<Accepted> => {
    const { text, by, promptId, attachments } = start
    const model = start.model ?? row.model
    const { turn: before, agentSessionId } = log.newest
    const left = promptId === undefined ? [] : [{ ...dequeuedRecord(promptId, 'started'), turn: before }]
    const accepted = { turn: before + 1, eventId: log.nextId + left.length }
    const agent = deps.agents.get(row.agent)!
    const run = deps.freshId()
    const spool = beginTurn(agent, { row, turn: accepted.turn, agentSessionId, run })
    asked = { prompt: text, model, attachments }
    withPrompt = {
      ...{ before: left, spool },
      ...(start.idempotency && { remembered: { ...start.idempotency, answer: accepted } }),
    }
    actor.send({
      ...{ type: 'PROMPT', text, agent: row.agent, model, delays: turnDelays(deps) },
      ...(promptId !== undefined && { promptId }),
      ...(by !== undefined && { by }),
      ...(attachments.length > 0 && { attachments }),
    })
    await log.durable()
    removeRuns(run).catch(deps.onFault)
    return accepted
  }

  const { once } = createIdempotency((key) => deps.store.recall(id, key))
  const queue = createQueue({ ...deps, log, once, whenStored, mayBegin, begin })

  const startOrQueue = (prompt: Prompt) =>
    whenStored(async (): Promise<Accepted | Queued> => {
      if (deleting) throw new CodedError('session_not_found')
      const { text, model = null, by, whenBusy, idempotency } = prompt
      const attachments = findAttached(row.workspace, prompt.attachments ?? [])
      const start = { text, model, by, attachments, idempotency }
      if (mayBegin() && !queue.isDue()) return begin(start)
      if (whenBusy !== 'queue') throw new CodedError('session_busy')
      return queue.add(start)
    })

  const files = createFiles({ ...row, sessionId: id, freshId: deps.freshId })
  const stopTurn = async (by: string, key?: IdempotencyKey): Promise<Cancelled> => {
    const waiting = log.newest.queue.length
    const answer = { cancelled: actor.getSnapshot().value !== 'idle', ...(waiting > 0 && { waiting }) }
    if (answer.cancelled) actor.send({ type: 'CANCEL', by })
    // With what the machine has just said, in one commit.
    if (key) log.append([], { remembered: { ...key, answer }, revocable: !answer.cancelled })
    if (!answer.cancelled && !key) return answer
    await (answer.cancelled ? onRecord(log, 'The turn is being stopped') : log.durable())
    return answer
  }

  const approvals = createApprovals({ actor, log })

  return {
    id,
    ownsWorkspace: row.ownsWorkspace,
    log,
    /** Stores files in the workspace, for prompts to name as their attachments. */
    receiveFiles: files.receive,
    view: (): SessionView => viewSession({ ...row, fold: log.fold }, deps.queueAfterCancel),
    /** The prompts that wait. */
    queue,
    /**
     * Starts a turn, or queues the prompt. Fulfilled when that is durable.
     * @throws bad_request, prompt_too_large, attachment_not_found, session_busy, queue_full, idempotency_key_reused,
     *   session_not_found, storage_full, storage_failed
     */
    async prompt(prompt: Prompt): Promise<Accepted | Queued> {
      checkPrompt(prompt)
      return once(prompt.idempotency, () => startOrQueue(prompt))
    },
    /**
     * Stops the turn. Fulfilled when that is on record; the turn's end follows in the log.
     * @param key the same key again has the first answer, and stops no later turn
     * @throws idempotency_key_reused, storage_full, storage_failed
     */
    cancel: (by: string, key?: IdempotencyKey): Promise<Cancelled> => once(key, () => stopTurn(by, key)),
    /**
     * Answers what the agent asks. Fulfilled when that is durable.
     * @throws bad_request, already_resolved, approval_not_open, idempotency_key_reused, storage_full, storage_failed
     */
    answer: (answer: ApprovalAnswer, by: string, key?: IdempotencyKey): Promise<Resolution> =>
      once(key, () => approvals.answer(answer, by, key)),
    /** Goes on with the turn that the log left open. */
    async adopt(): Promise<void> {
      const { opened, state, turn } = log.fold
      if (opened === null) return
      asked = await readAsked(log.readStore, opened.id)
      const { boot, startedAt, answeredAt, stop, finished } = turnContext(turn).cursor
      const sinceMs = (at: number | null | undefined): number =>
        at == null || boot !== bootId() ? 0 : Math.max(0, deps.uptimeMs() - at)
      actor.send({
        ...{ type: 'ADOPT', turn, cancelling: state === 'cancelling' },
        stop: stop?.cause ?? null,
        resultError: finished?.error ?? null,
        approvals: openApprovals(log.fold.approvals, deps.now()),
        delays: turnDelays(deps, { runMs: sinceMs(answeredAt ?? startedAt), stopMs: sinceMs(stop?.at) }),
      })
    },
    /** Whether the turn that the log left open runs already, and since when it is open. Null when it left none. */
    adoptionOrder(): { runs: boolean; since: string } | null {
      const { opened, turn } = log.fold
      if (opened === null) return null
      const { cursor, runDir } = turnContext(turn)
      return { runs: isClaimed(runDir(cursor.attempt)), since: opened.at }
    },
    async edit(edit: SessionEdit): Promise<void> {
      if (edit.model != null) checkModel(edit.model)
      if (Object.keys(edit).length === 0) return
      const at = deps.now().toISOString()
      await deps.store.edit(id, edit, at)
      row = { ...row, ...edit, updatedAt: at }
    },
    /** Refuses further turns and stops the one that runs. Fulfilled when it has ended. */
    async end(): Promise<void> {
      deleting = true
      actor.send({ type: 'CANCEL', by: 'delete' })
      await waitFor(actor, (snapshot) => snapshot.value === 'idle')
      // Not waiting for its last events to be stored: on a full disk, to delete is what makes room.
      await removeRuns(null)
    },
    /** Takes turns again: it was not deleted after all. */
    keep(): void {
      deleting = false
    },
    /** It is gone: tells everyone who is attached, and stores nothing more. */
    announceEnd(): void {
      files.end()
      log.discard()
      for (const listener of [...endings]) listener()
    },
    /** Calls back when the session is deleted. @returns how to end that */
    onEnd(listener: () => void): () => void {
      endings.add(listener)
      return () => endings.delete(listener)
    },
    /** Lets go of the turn that runs, for the next server to adopt. */
    detach: (): void => {
      queue.stop()
      actor.stop()
    },
  }
}

export type Session = ReturnType<typeof createSession>
