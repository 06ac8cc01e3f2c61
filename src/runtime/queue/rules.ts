/** What holds of the prompts that wait: when the next one may start, and how many there may be. Pure functions. */
import type { QueuedPrompt, QueueHeld } from '../../machines/events.ts'
import type { SessionFold } from '../../machines/fold.ts'
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/** Whether prompts that wait go on when the turn before them was cancelled. */
export type QueueAfterCancel = 'hold' | 'run'

/** Why the queue waits for an operator; null when it goes on by itself. */
export const heldBy = (
  { queueHeld }: Pick<SessionFold, 'queueHeld'>,
  afterCancel: QueueAfterCancel,
): QueueHeld | null => (queueHeld === 'cancelled' && afterCancel === 'run' ? null : queueHeld)

/** Whether the next prompt is about to start, without anybody's doing. */
export const isDue = (fold: SessionFold, afterCancel: QueueAfterCancel): boolean =>
  fold.opened === null && fold.queue.length > 0 && heldBy(fold, afterCancel) === null

/**
 * Whether one more may wait with these.
 * @throws queue_full
 */
export function checkRoom(waiting: readonly QueuedPrompt[], text: string): void {
  if (waiting.length >= LIMITS.queuedPromptsMax)
    throw new CodedError('queue_full', `No more than ${LIMITS.queuedPromptsMax} prompts may wait`)
  const bytes = [text, ...waiting.map(({ prompt }) => prompt)]
    .map((words) => Buffer.byteLength(words))
    .reduce((sum, length) => sum + length)
  if (bytes > LIMITS.queuedBytesMax)
    throw new CodedError('queue_full', `Prompts that wait may have ${LIMITS.queuedBytesMax} bytes together`)
}
