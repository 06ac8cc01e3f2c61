/** Runs a turn's agent until it has left for good: when there is a place for it, and again if it refused its memory. */
import { setImmediate as nextTick } from 'node:timers/promises'
import type PQueue from 'p-queue'
import type { Exit } from '../../machines/process-events.ts'
import { type AttemptDeps, runAttempt } from './attempt.ts'
import { patiently } from './patiently.ts'
import { WAITING } from './port-notices.ts'
import { takeSlot } from './slots.ts'
import { checkMayStart, retryTurn, type TurnContext } from './turn.ts'

export type SupervisionDeps = AttemptDeps & {
  /** With the newest cursor. */
  turnContext(): TurnContext
  slots: PQueue
  /** Which start of the machine it is. */
  bootId(): string
  /** Aborted when it is detached. */
  leaving: AbortSignal
  /** An agent that is being stopped is not started once more. */
  isStopping(): boolean
  freshId(): string
  onFault(error: unknown): void
}

/**
 * @returns how the agent left; undefined when it was detached before, or the turn was never recorded
 * @throws StartError or LostError
 */
export async function supervise(deps: SupervisionDeps): Promise<Exit | undefined> {
  // The machine says the turn's first records in the very step that starts its port.
  await nextTick()
  try {
    await deps.durable()
  } catch {
    // The turn was never recorded, so it must not run. The session knows that from its log.
    return undefined
  }
  // What goes on begins where it had come to.
  return patiently(deps, () => runWithSlot(deps))
}

async function runWithSlot(deps: SupervisionDeps): Promise<Exit | undefined> {
  const context = deps.turnContext()
  const isClaimed = deps.host.isClaimed(context.runDir(context.cursor.attempt))
  checkMayStart(context, { isClaimed, boot: deps.bootId() })
  const release = await takeSlot(deps.slots, {
    // What runs already does not wait for leave to do so.
    mayWait: !isClaimed,
    onWait: () => deps.tell({ type: 'OUTPUT', records: [WAITING], spool: context.cursor }),
    signal: deps.leaving,
  })
  if (release === null) return undefined
  try {
    return await runAttempts(deps, context)
  } finally {
    release()
  }
}

async function runAttempts(deps: SupervisionDeps, context: TurnContext): Promise<Exit | undefined> {
  let { cursor } = context
  for (;;) {
    const end = await runAttempt(deps, context, cursor)
    if (end === null) return undefined
    const again = deps.isStopping() ? null : retryTurn(context.agent, end.exit, end.cursor, deps.freshId())
    if (again === null) return end.exit
    cursor = again.cursor
    deps.tell({ type: 'OUTPUT', records: [again.record], spool: deps.spoolOf(cursor) })
    await deps.durable()
    // Asked again: it may have been stopped while that was stored.
    if (deps.isStopping()) return end.exit
  }
}
