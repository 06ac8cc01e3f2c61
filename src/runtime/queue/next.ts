/**
 * Starts the prompts that wait, one after another: by itself when the log says that one is due, or when it is told to.
 * Knows no machine: how a turn begins is the session's.
 */
import { CodedError } from '../errors.ts'
import type { IdempotencyKey } from '../idempotency.ts'
import { LIMITS } from '../limits.ts'
import type { Log } from '../log/log.ts'
import type { Accepted, Start } from '../prompt.ts'
import { heldBy, isDue, type QueueAfterCancel } from './rules.ts'

export type NextDeps = {
  log: Log
  queueAfterCancel: QueueAfterCancel
  /** Calls back in a step in which a turn that begins shares the fate of nothing older. */
  whenStored: <T>(look: () => Promise<T>) => Promise<T>
  /** Whether a turn can begin in this very step. */
  mayBegin: () => boolean
  /** Begins it in this very step, its leaving the queue in the same append. Fulfilled when that is durable. */
  begin: (start: Start) => Promise<Accepted>
  onFault: (error: unknown) => void
}

export function createNext(deps: NextDeps) {
  const { log, queueAfterCancel, whenStored, mayBegin, begin, onFault } = deps
  let stopped = false
  /** The turn behind which somebody said stop when the next one could not begin. The next server does not know of it. */
  let haltedBehind: number | null = null
  let retry: NodeJS.Timeout | undefined

  const isHalted = ({ turn }: { turn: number } = log.newest): boolean => turn === haltedBehind

  /** Looking and beginning are one step, so that whoever comes in between neither overtakes nor doubles. */
  const start = (evenIfHeld: boolean, idempotency?: IdempotencyKey): Promise<Accepted | null> =>
    whenStored(async () => {
      const [next] = log.newest.queue
      if (next === undefined || !mayBegin()) return null
      if ((isHalted() || heldBy(log.newest, queueAfterCancel) !== null) && !evenIfHeld) return null
      const { promptId, prompt: text, model, by, attachments = [] } = next
      return begin({ text, promptId, model, by, attachments, idempotency })
    })

  const isWanted = (): boolean => !stopped && !isHalted() && isDue(log.fold, queueAfterCancel)

  const advance = async (): Promise<void> => {
    if (!isWanted()) return
    try {
      await start(false)
    } catch (error) {
      if (!(error instanceof CodedError)) onFault(error)
    }
    // It could not be stored, or what came in between could not.
    if (!isWanted()) return
    clearTimeout(retry)
    retry = setTimeout(advance, LIMITS.queueRetryMs)
  }
  log.onCommitted(() => void advance())

  return {
    /** Starts the next prompt when it is due, as it does by itself after each commit. Fulfilled when it has, or cannot. */
    advance,
    /**
     * Starts the next prompt though the queue is held.
     * @returns null when there is none, or a turn runs
     */
    resume: (key?: IdempotencyKey): Promise<Accepted | null> => start(true, key),
    /** Starts nothing by itself until a turn was begun that somebody asked for. */
    halt(): void {
      haltedBehind = log.newest.turn
      clearTimeout(retry)
    },
    isHalted,
    /** Starts nothing more by itself. */
    stop(): void {
      stopped = true
      clearTimeout(retry)
    },
  }
}
