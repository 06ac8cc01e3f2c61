/** What all views share, made once: the client, and the stores that outlive a view. */
import { type Client, createClient } from '../client/index.ts'
import { createPageVersion } from './page-version.ts'
import { registerServiceWorker } from './service-worker.ts'
import { createDesk, type Desk } from './state/desk.ts'
import { createExclusive } from './state/exclusive.ts'
import { createKeeper, type Keeper } from './state/kept.ts'
import { followPageLife } from './state/page-life.ts'
import { createShelf } from './state/shelf.ts'

export type Web = {
  client: Client
  keeper: Keeper
  /** The path in front of the server's routes, without a slash at its end: empty, or as a proxy has it. */
  base: string
  desk: Desk
  version: ReturnType<typeof createPageVersion>
  /** How the list was left: whoever comes back finds the place. */
  list: { search: string; archived: boolean; scrollTop: number }
  /** A stream has become live. */
  onLive(): void
}

/**
 * @param window the browser's own
 * @param needed what is still loading, and has the network to itself until it is there
 */
export function createWeb(window: Window, needed: Promise<unknown>): Web {
  const base = window.location.pathname.replace(/\/[^/]*$/, '')
  const client = createClient({ url: base })
  const prefix = `breakglass:${base}:`
  const shelf = createShelf(prefix, () => window.localStorage, window)
  const desk = createDesk({
    client,
    shelf,
    exclusive: createExclusive(prefix, window.navigator.locks),
    newKey: () => crypto.randomUUID(),
    now: Date.now,
  })
  followPageLife({ onBack: desk.wake, onAway: desk.drafts.saveAll })
  desk.wake()
  const version = createPageVersion()
  let wasLive = false
  return {
    ...{ base, client, keeper: createKeeper(base, shelf), desk, version },
    list: { search: '', archived: false, scrollTop: 0 },
    onLive() {
      // The server that answers now may be another one.
      if (wasLive) void version.look()
      else void needed.then(() => whenIdle(window, registerServiceWorker))
      wasLive = true
    },
  }
}

/** Behind what is being loaded and drawn. Safari has no idea when that is. */
function whenIdle(
  { document, requestIdleCallback = (act) => setTimeout(act, 1_000) }: Window,
  act: () => void,
): void {
  const wait = (): void => void requestIdleCallback(act)
  if (document.readyState === 'complete') wait()
  else addEventListener('load', wait, { once: true })
}
