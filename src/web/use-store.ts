/** A view of a store: renders again when what it selects has changed. */
import { useSyncExternalStore } from 'preact/compat'

/** What @xstate/store's stores have in common. */
type Readable<Context> = {
  getSnapshot(): { context: Context }
  subscribe(observer: () => void): { unsubscribe(): void }
}

/** @param select must give the same value for the same context: it is compared by identity */
export function useStore<Context, Selected>(
  store: Readable<Context>,
  select: (context: Context) => Selected,
): Selected {
  return useSyncExternalStore(
    (onChange) => {
      const { unsubscribe } = store.subscribe(onChange)
      return unsubscribe
    },
    () => select(store.getSnapshot().context),
  )
}
