/** Whether what was refused has changed nothing: a prompt that was never anything but refused is not in the log. */
import type { History } from './history.ts'
import { isRefused, wishesOf } from './requests.ts'

export const checkRefused = (history: History): string[] =>
  wishesOf(history).flatMap(({ wish, requests, traces }) =>
    // A cancel that cannot be stored acts all the same.
    wish.what === 'prompt' && traces.length > 0 && requests.every(({ answer }) => isRefused(answer))
      ? [`${wish.wish}: was refused, and is in the log at ${traces.map(({ id }) => id).join(', ')}`]
      : [],
  )
