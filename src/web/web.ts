/** What all views share, made once: the client, and the stores that outlive a view. */
import { type Client, createClient } from '../client/index.ts'
import { createKeeper, type Keeper } from './state/kept.ts'

export type Web = {
  client: Client
  keeper: Keeper
  /** The path in front of the server's routes, without a slash at its end: empty, or as a proxy has it. */
  base: string
}

export function createWeb(location: Pick<Location, 'pathname'>): Web {
  const base = location.pathname.replace(/\/[^/]*$/, '')
  return { base, client: createClient({ url: base }), keeper: createKeeper(base) }
}
