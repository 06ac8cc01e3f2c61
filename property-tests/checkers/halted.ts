/** Whether a queue may be held without a record of it: somebody said stop when nothing ran, or on a full disk. */
import { type History, isA } from './history.ts'

export function mayBeHalted(history: History, session: string): boolean {
  const cancels = new Set(
    history
      .filter(isA('asked'))
      .filter((asked) => asked.what === 'cancel' && asked.session === session)
      .map(({ request }) => request),
  )
  const stopped = history
    .filter(isA('answered'))
    .filter(({ answer }) => (answer as { cancelled?: boolean } | null)?.cancelled === true)
  for (const { request } of stopped) cancels.delete(request)
  return cancels.size > 0
}
