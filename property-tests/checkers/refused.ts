/** Whether what was refused has changed nothing: what was never anything but refused is not in the log. */
import type { History } from './history.ts'
import { actsAnyway, isRefused, wishesOf } from './requests.ts'

export const checkRefused = (history: History): string[] =>
  wishesOf(history).flatMap(({ wish, requests, traces }) =>
    !actsAnyway(wish) && traces.length > 0 && requests.every(({ answer }) => isRefused(answer))
      ? [`${wish.wish}: was refused, and is in the log at ${traces.map(({ id }) => id).join(', ')}`]
      : [],
  )
