/** Whether the log of each session is in order, and says of the session what the store says beside it. */
import { isDeepStrictEqual } from 'node:util'
import { EMPTY_FOLD, foldEvent } from '../../src/machines/fold.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { type History, isA, logOf, sessionsOf } from './history.ts'

/** Contiguous ids and the grammar, over all that was ever stored: an id that comes twice is one too many. */
export const checkLogs = (history: History): string[] =>
  sessionsOf(history).flatMap((session) =>
    checkLog(logOf(history, session)).map((violation) => `${session}: ${violation}`),
  )

/** After every commit, the state is the fold over the log. */
export function checkFolds(history: History): string[] {
  const folds = new Map<string, typeof EMPTY_FOLD>()
  return history.filter(isA('stored')).flatMap(({ session, events, fold }) => {
    const expected = events.reduce(foldEvent, folds.get(session) ?? EMPTY_FOLD)
    folds.set(session, expected)
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(expected)), fold)) return []
    return [`${session}: at ${fold.lastEventId} the state is not the fold over the log`]
  })
}
