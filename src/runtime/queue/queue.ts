/**
 * The prompts that wait for their turn: has them recorded, edited and removed. It keeps nothing of its own: the queue is
 * what the log says of it. Whatever cannot be stored at once is refused, and was never there.
 */
import type { Event, QueuedPrompt, QueueHeld, QueueRecord } from '../../machines/events.ts'
import { CodedError } from '../errors.ts'
import type { Idempotency, IdempotencyKey } from '../idempotency.ts'
import { findEvent } from '../log/find-event.ts'
import { type Accepted, checkPrompt, type Start } from '../prompt.ts'
import { createNext, type NextDeps } from './next.ts'
import { dequeuedRecord, type PlacedPrompt, queuedRecord } from './records.ts'
import { checkRoom, heldBy, isDue } from './rules.ts'

/** `position` counts from 1. */
export type Queued = { queued: true; promptId: string; position: number }
export type Resumed = Accepted | { resumed: false }

type QueueDeps = NextDeps & { once: Idempotency['once']; freshId: () => string }

export function createQueue(deps: QueueDeps) {
  const { log, once, queueAfterCancel } = deps
  const { advance, resume, stop, halt, isHalted } = createNext(deps)

  /** All of it in one commit, or none. */
  const record = async <T>(records: QueueRecord[], answerOf: () => T, key?: IdempotencyKey): Promise<T> => {
    const { turn } = log.newest
    log.append(
      records.map((part) => ({ ...part, turn })),
      { revocable: true },
    )
    const answer = answerOf()
    if (key) log.append([], { remembered: { ...key, answer }, revocable: true })
    await log.durable()
    return answer
  }

  const find = (promptId: string): PlacedPrompt | undefined => {
    const { queue } = log.newest
    const index = queue.findIndex((waiting) => waiting.promptId === promptId)
    return index === -1 ? undefined : { ...queue[index]!, position: index + 1 }
  }

  /** @param act called in the very step in which the prompt was found to wait */
  const change = async <T>(promptId: string, act: (found: PlacedPrompt) => Promise<T>): Promise<T> => {
    let found = find(promptId)
    if (found === undefined) {
      // What took it from the queue may yet fail to be stored.
      await log.durable()
      found = find(promptId)
    }
    if (found !== undefined) return act(found)
    const isStart = (event: Event): event is Event => event.kind === 'user' && event.promptId === promptId
    const started = await findEvent(log, promptId, isStart)
    throw new CodedError(started === null ? 'prompt_not_found' : 'prompt_started')
  }

  return {
    advance,
    stop,
    halt,
    /** Whether a prompt is about to start: nothing may overtake it. */
    isDue: (): boolean => !isHalted() && isDue(log.newest, queueAfterCancel),
    list: (): { queue: QueuedPrompt[]; queueHeld: QueueHeld | null } => ({
      queue: log.fold.queue,
      queueHeld: isHalted(log.fold) ? 'cancelled' : heldBy(log.fold, queueAfterCancel),
    }),
    /** @throws queue_full, storage_full, storage_failed */
    async add({ text, model, by, attachments, idempotency }: Start): Promise<Queued> {
      const { queue } = log.newest
      checkRoom(queue, text)
      const [promptId, position] = [deps.freshId(), queue.length + 1]
      const queued = queuedRecord({ promptId, position, prompt: text, model, by, attachments })
      return record([queued], () => ({ queued: true, promptId, position }), idempotency)
    },
    /**
     * Gives a prompt that waits another text, in its place.
     * @throws bad_request, prompt_too_large, queue_full, prompt_not_found, prompt_started, idempotency_key_reused,
     *   storage_full, storage_failed
     */
    async edit(promptId: string, text: string, key?: IdempotencyKey): Promise<PlacedPrompt> {
      checkPrompt({ text })
      const edit = (found: PlacedPrompt): Promise<PlacedPrompt> => {
        const others = log.newest.queue.filter((waiting) => waiting.promptId !== promptId)
        checkRoom(others, text)
        const records = [dequeuedRecord(promptId, 'edited'), queuedRecord({ ...found, prompt: text })]
        return record(records, () => find(promptId)!, key)
      }
      return once(key, () => change(promptId, edit))
    },
    /** @throws prompt_not_found, prompt_started, idempotency_key_reused, storage_full, storage_failed */
    remove(promptId: string, key?: IdempotencyKey): Promise<null> {
      const remove = (): Promise<null> => record([dequeuedRecord(promptId, 'removed')], () => null, key)
      return once(key, () => change(promptId, remove))
    },
    /** @throws idempotency_key_reused, storage_full, storage_failed */
    clear(key?: IdempotencyKey): Promise<null> {
      const records = () => log.newest.queue.map(({ promptId }) => dequeuedRecord(promptId, 'cleared'))
      return once(key, () => record(records(), () => null, key))
    },
    /**
     * Starts the next prompt though the queue is held; the others follow.
     * @throws idempotency_key_reused, storage_full, storage_failed
     */
    resume(key?: IdempotencyKey): Promise<Resumed> {
      const nothing = (): Promise<Resumed> => record([], () => ({ resumed: false }), key)
      return once(key, async () => (await resume(key)) ?? nothing())
    },
  }
}
