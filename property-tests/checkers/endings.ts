/** Whether everything comes to an end: when nothing more is to come, every session is idle and no prompt waits. */
import { type History, isA } from './history.ts'
import { deletedIn } from './sessions.ts'

export function checkEndings(history: History): string[] {
  const isOver = history.some((entry) => entry.type === 'rest' && entry.over)
  if (!isOver) return []
  const folds = new Map(history.filter(isA('stored')).map(({ session, fold }) => [session, fold]))
  for (const session of deletedIn(history)) folds.delete(session)
  return [...folds].flatMap(([session, { state, queue }]) => [
    ...(state === 'idle' ? [] : [`${session}: is ${state} for ever`]),
    ...queue.map(({ promptId }) => `${session}: prompt ${promptId} waits for ever`),
  ])
}
