/**
 * One session of this server: its turns, its queue, its approvals and its files under one roof. Commands come in here
 * and go to its actor. Knows nothing of HTTP.
 */
import { waitFor } from 'xstate'
import type { Resolution, Session as SessionView } from '../machines/events.ts'
import type { SessionMachineEvent } from '../machines/session-events.ts'
import { type ApprovalAnswer, createApprovals } from './approvals.ts'
import { CodedError } from './errors.ts'
import { findAttached } from './files/attached.ts'
import { createFiles } from './files/files.ts'
import { createIdempotency, type IdempotencyKey } from './idempotency.ts'
import type { SessionEdit, SessionRow } from './log/store.ts'
import { onRecord } from './on-record.ts'
import { type Accepted, checkModel, checkPrompt, type Prompt } from './prompt.ts'
import { createQueue, type Queued } from './queue/queue.ts'
import type { QueueAfterCancel } from './queue/rules.ts'
import { viewSession } from './session-view.ts'
import { createTurns, type TurnsDeps } from './turns.ts'
import { findWorkspace } from './workspace.ts'

export type SessionDeps = TurnsDeps & {
  queueAfterCancel: QueueAfterCancel
  /** Called when its view is another one. `atOnce`: somebody waits to see that, whatever else was told a moment ago. */
  onChange: (change: { atOnce: boolean }) => void
}

/** `waiting`: how many prompts wait, when any do. */
export type Cancelled = { cancelled: boolean; waiting?: number }

/** @param start what the store holds of the session */
export function createSession(deps: SessionDeps, start: SessionRow) {
  const { id } = start
  let row = start
  let deleting = false
  const endings = new Set<() => void>()
  const turns = createTurns(deps, start, () => row)
  const { log, actor, begin } = turns

  /** @throws storage_failed: it would have no effect, and must not be acknowledged as if it had */
  const command = (event: SessionMachineEvent): void => {
    if (!turns.send(event)) throw new CodedError('storage_failed', 'The server is stopping')
  }

  const mayBegin = (): boolean => !deleting && turns.isIdle()

  /**
   * What an older turn still has to store must not share the fate of the next one's first records: calls back in a step
   * in which all is stored, or no turn can begin. Again after each wait, since a turn may end just behind it.
   */
  const whenStored = async <T>(look: () => Promise<T>): Promise<T> => {
    do await log.durable()
    while (mayBegin() && !log.isStored)
    return look()
  }

  const { once } = createIdempotency(log.recall)
  const queue = createQueue({ ...deps, log, once, whenStored, mayBegin, begin })

  const startOrQueue = (prompt: Prompt) =>
    whenStored(async (): Promise<Accepted | Queued> => {
      if (deleting) throw new CodedError('session_not_found')
      const { text, model = null, by, whenBusy, idempotency } = prompt
      const attachments = findAttached(findWorkspace(row, deps.workspaceRoots), prompt.attachments ?? [])
      const start = { text, model, by, attachments, idempotency }
      if (mayBegin() && !queue.isDue()) return begin(start)
      if (whenBusy !== 'queue') throw new CodedError('session_busy')
      return queue.add(start)
    })

  const halt = (): void => {
    queue.halt()
    deps.onChange({ atOnce: true })
  }

  let { fold: shown } = log
  log.onCommitted(() => {
    const before = shown
    shown = log.fold
    if (shown === before) return
    deps.onChange({ atOnce: shown.state !== before.state || shown.approvals !== before.approvals })
  })

  const files = createFiles({ ...deps, ...row, sessionId: id })
  const stopTurn = async (by: string, key?: IdempotencyKey): Promise<Cancelled> => {
    // The next one is about to start, and whoever says stop means that nothing is to run.
    if (queue.isDue()) await log.durable().then(queue.advance, () => {})
    const waiting = log.newest.queue.length
    const answer = { cancelled: actor.getSnapshot().value !== 'idle', ...(waiting > 0 && { waiting }) }
    if (answer.cancelled) command({ type: 'CANCEL', by })
    // It could not begin: nor is it to do so by itself when there is room again.
    else if (queue.isDue()) halt()
    // With what the machine has just said, in one commit.
    if (key) log.append([], { remembered: { ...key, answer }, revocable: !answer.cancelled })
    if (!answer.cancelled && !key) return answer
    try {
      await (answer.cancelled ? onRecord(log, 'The turn is being stopped') : log.durable())
    } catch (error) {
      // The turn that was stopped never was: its prompt waits again.
      if (queue.isDue()) halt()
      throw error
    }
    return answer
  }

  const approvals = createApprovals({ actor, log, command })

  return {
    id,
    ownsWorkspace: row.ownsWorkspace,
    log,
    /** Its machines, to be watched by an inspector. Commands do not go past this session. */
    actor,
    newest: () => ({ eventId: log.nextId - 1, turn: actor.getSnapshot().context.turn }),
    /** What runs for the open turn, and this server. */
    processes: turns.processes,
    /** Stores files in the workspace, for prompts to name as their attachments. */
    receiveFiles: files.receive,
    view: (): SessionView => ({
      ...viewSession({ ...row, fold: log.fold }, deps.queueAfterCancel),
      ...queue.list(),
    }),
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
    adopt: turns.adopt,
    adoptionOrder: turns.adoptionOrder,
    /** To set a permission mode is to have just that: what was always allowed before is forgotten. */
    async edit(given: Omit<SessionEdit, 'allowedAfter'>): Promise<void> {
      const edit: SessionEdit =
        given.permissionMode === undefined ? given : { ...given, allowedAfter: log.fold.lastEventId }
      if (edit.model != null) checkModel(edit.model)
      if (Object.keys(edit).length === 0) return
      const at = deps.now().toISOString()
      await deps.store.edit(id, edit, at)
      row = { ...row, ...edit, updatedAt: at }
      deps.onChange({ atOnce: true })
    },
    /** Whether nothing is under way: it would be the same if it was loaded anew. */
    isAtRest: (): boolean => turns.isIdle() && log.isStored && log.newest.queue.length === 0,
    /** Refuses further turns and stops the one that runs. Fulfilled when it has ended. */
    async end(): Promise<void> {
      deleting = true
      turns.send({ type: 'CANCEL', by: 'delete' })
      await waitFor(actor, (snapshot) => snapshot.value === 'idle')
      // Not waiting for its last events to be stored: on a full disk, to delete is what makes room.
      await turns.removeRuns(null)
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
