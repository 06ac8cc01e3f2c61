/** How far this device's clock is ahead of the server's, by the events that come. */
import { useRef } from 'preact/hooks'
import type { ConversationControl } from '../../state/conversation.ts'
import { followClock, NO_CLOCK, type ServerClock } from '../../state/server-clock.ts'
import { useStore } from '../../use-store.ts'

export function useServerClock({ store }: ConversationControl): ServerClock {
  const last = useStore(store, ({ events }) => events.at(-1))
  const isLive = useStore(store, ({ link }) => link.state === 'live')
  const seen = useRef({ clock: NO_CLOCK, id: -1, wasLive: false })
  if (last !== undefined && last.id !== seen.current.id) {
    const { clock, wasLive } = seen.current
    // What is drawn together with `live` came with the replay.
    const next = followClock(clock, { at: last.at, now: Date.now(), isLive: isLive && wasLive })
    seen.current = { clock: next, id: last.id, wasLive: isLive }
  } else seen.current.wasLive = isLive
  return seen.current.clock
}
