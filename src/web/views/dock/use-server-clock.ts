/** How far this device's clock is ahead of the server's, by what the server says and the events that come. */
import { useRef } from 'preact/hooks'
import type { ConversationControl } from '../../state/conversation.ts'
import { followClock, NO_CLOCK, type ServerClock } from '../../state/server-clock.ts'
import { useStore } from '../../use-store.ts'

export function useServerClock({ store }: ConversationControl): ServerClock {
  const last = useStore(store, ({ events }) => events.at(-1))
  const served = useStore(store, ({ link }) => link.served)
  const seen = useRef({ clock: NO_CLOCK, id: -1 })
  const { clock, id } = seen.current
  if (served !== clock.served || (last !== undefined && last.id !== id)) {
    const at = { now: performance.now(), wall: Date.now() }
    seen.current = { clock: followClock(clock, { served, at: last?.at, ...at }), id: last?.id ?? -1 }
  }
  return seen.current.clock
}
