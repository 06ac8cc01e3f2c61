/** Whether prompts stop waiting without having started only when somebody said so. */
import type { Event } from '../../src/machines/events.ts'
import { type History, sessionsOf } from './history.ts'
import { isRefused, type Wish, wishesOf } from './requests.ts'

const WANTED = { removed: 'remove', cleared: 'clear' } as const

export const checkDequeued = (history: History): string[] => {
  const wishes = wishesOf(history)
  return sessionsOf(history).flatMap((session) =>
    history.flatMap((entry, index) => {
      if (entry.type !== 'stored' || entry.session !== session) return []
      return entry.events.filter(isLeaving).flatMap((event) => {
        const isIt = ({ wish, requests }: Wish): boolean =>
          wish.what === WANTED[event.reason] &&
          wish.session === session &&
          (event.reason === 'cleared' || wish.target === event.promptId) &&
          requests.some(({ asked, answer }) => history.indexOf(asked) < index && !isRefused(answer))
        return wishes.some(isIt)
          ? []
          : [`${session}: nobody wanted the prompt ${event.promptId} ${event.reason}`]
      })
    }),
  )
}

type Leaving = Event & { kind: 'dequeued'; reason: keyof typeof WANTED }

const isLeaving = (event: Event): event is Leaving => event.kind === 'dequeued' && event.reason in WANTED
