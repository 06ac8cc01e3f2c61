/**
 * What this phone keeps of each session for the next visit: the end of its log, as it was last seen. For as long as the
 * device is in: one that is taken out keeps nothing, of what was typed on it neither.
 */
import { clear, createStore, del, get, set } from 'idb-keyval'
import type { Event, ListedSession, Session } from '../../client/index.ts'
import { LIMITS } from '../limits.ts'
import type { Shelf } from './shelf.ts'

/** `at`: when it was seen so, ISO 8601. */
export type Kept = { session: Session; events: readonly Event[]; at: string }

export type KeptList = { sessions: readonly ListedSession[]; at: string }

/** No session's id. */
const LIST = 'list'

export type Keeper = ReturnType<typeof createKeeper>

/**
 * @param scope tells servers apart that share an origin: the path in front of the server's routes
 * @param shelf where drafts are, and what waits for the network
 */
export function createKeeper(scope: string, shelf: Pick<Shelf, 'forgetAll'>) {
  // Made at the first use: where nothing can be kept (private browsing), the page does without.
  const database = () => createStore(`breakglass${scope}`, 'sessions')
  const quietly = async <T>(act: () => Promise<T>): Promise<T | null> => {
    try {
      return await act()
    } catch {
      return null
    }
  }
  const forgetAll = (): Promise<unknown> => quietly(() => clear(database()))
  return {
    /** @returns null when nothing is kept, or nothing can be */
    load: (id: string): Promise<Kept | null> =>
      quietly(async () => (await get<Kept>(id, database())) ?? null),
    save: ({ session, events, at }: Kept): Promise<unknown> =>
      quietly(() =>
        set(session.id, { session, events: events.slice(-LIMITS.eventsKeptMax), at }, database()),
      ),
    loadList: (): Promise<KeptList | null> =>
      quietly(async () => (await get<KeptList>(LIST, database())) ?? null),
    saveList: (list: KeptList): Promise<unknown> => quietly(() => set(LIST, list, database())),
    forget: (id: string): Promise<unknown> => quietly(() => del(id, database())),
    forgetAll,
    /** The device is out. */
    leave(): Promise<unknown> {
      shelf.forgetAll()
      return forgetAll()
    },
  }
}
