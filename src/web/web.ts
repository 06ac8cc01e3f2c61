/** What all views share, made once: the client, and the stores that outlive a view. */
import { type Client, createClient } from '../client/index.ts'
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
}

/** @param window the browser's own */
export function createWeb(window: Window): Web {
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
  return { base, client, keeper: createKeeper(base, shelf), desk }
}
