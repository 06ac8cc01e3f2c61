/** Whether turns are cancelled, and prompts leave the queue without having started, only when somebody said so. */
import type { Event } from '../../src/machines/events.ts'
import { type History, sessionsOf } from './history.ts'
import { isRefused, type Wish, wishesOf } from './requests.ts'

export const checkWanted = (history: History): string[] => {
  const wishes = wishesOf(history)
  return sessionsOf(history).flatMap((session) =>
    history.flatMap((entry, index) => {
      if (entry.type !== 'stored' || entry.session !== session) return []
      const wantedBefore = (isIt: (wish: Wish) => boolean): boolean =>
        wishes.some(
          (wish) =>
            wish.wish.session === session && history.indexOf(wish.requests[0]!.asked) < index && isIt(wish),
        )
      return entry.events.flatMap((event) =>
        isEffect(event) && !wantedBefore((wish) => isCause(wish, event))
          ? [`${session}: nobody wanted what is at ${event.id}`]
          : [],
      )
    }),
  )
}

type Effect = Event & ({ kind: 'cancelling' } | { kind: 'dequeued' })

const isEffect = (event: Event): event is Effect =>
  event.kind === 'cancelling' ||
  (event.kind === 'dequeued' && (event.reason === 'removed' || event.reason === 'cleared'))

function isCause({ wish, requests }: Wish, event: Effect): boolean {
  if (event.kind === 'cancelling')
    return event.by === 'delete' ? wish.what === 'delete' : wish.what === 'cancel' && event.by === wish.wish
  // What cannot be stored at once is no more.
  if (requests.every(({ answer }) => isRefused(answer))) return false
  if (event.reason === 'cleared') return wish.what === 'clear'
  return wish.what === 'remove' && wish.target === event.promptId
}
