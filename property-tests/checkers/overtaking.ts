/** Whether prompts that wait, and are not held, come before whatever is new. */
import type { Event } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../../src/machines/fold.ts'
import { mayBeHalted } from './halted.ts'
import { type History, logOf, sessionsOf } from './history.ts'

export const checkOvertaking = (history: History): string[] =>
  sessionsOf(history).flatMap((session) => {
    if (mayBeHalted(history, session)) return []
    let fold = EMPTY_FOLD
    const overtakes = (event: Event): boolean => {
      const { queue, queueHeld } = fold
      fold = foldEvent(fold, event)
      return event.kind === 'user' && event.promptId === undefined && queue.length > 0 && queueHeld === null
    }
    return logOf(history, session)
      .filter(overtakes)
      .map(({ id }) => `${session}: the prompt at ${id} is new, and others waited`)
  })
