/**
 * One object for each session, for as long as anybody has it: who asks for the same one twice, or at once, gets the same.
 * Those that are busy are held here, and the few that were asked for last; any other goes when nobody holds it, and is
 * loaded when it is wanted again. That nobody does is for the collector to say, not for a count that could be wrong: of a
 * session of which two objects are there, two agents could run.
 */

export type InUseDeps<T> = {
  load: (id: string) => Promise<T>
  /** Whether it would be the same again if it was loaded anew. */
  isAtRest: (session: T) => boolean
  /** How many of those at rest are held. */
  restingMax: number
}

export function createInUse<T extends { id: string }>({ load, isAtRest, restingMax }: InUseDeps<T>) {
  const loading = new Map<string, Promise<T>>()
  const known = new Map<string, WeakRef<T>>()
  /** Held until they are at rest. */
  const busy = new Map<string, T>()
  /** The newest last. */
  const resting = new Map<string, T>()
  const gone = new FinalizationRegistry<string>((id) => {
    // Another one may have been loaded since.
    if (known.get(id)?.deref() === undefined) known.delete(id)
  })

  const hold = (session: T): void => {
    const { id } = session
    resting.delete(id)
    busy.delete(id)
    if (!isAtRest(session)) busy.set(id, session)
    else if (resting.set(id, session).size > restingMax) resting.delete(resting.keys().next().value!)
  }

  const begin = async (id: string): Promise<T> => {
    const session = await load(id)
    known.set(id, new WeakRef(session))
    gone.register(session, id)
    hold(session)
    return session
  }

  const peek = (id: string): T | undefined => known.get(id)?.deref()

  return {
    /** The one that is there, or else is loaded now. @throws what loading it throws */
    async get(id: string): Promise<T> {
      const found = peek(id)
      if (found !== undefined) {
        hold(found)
        return found
      }
      const underWay = loading.get(id)
      if (underWay !== undefined) return underWay
      const begun = begin(id).finally(() => loading.delete(id))
      loading.set(id, begun)
      return begun
    },
    /** The one that is there, or is on its way; null when it would have to be loaded, or cannot be. */
    async find(id: string): Promise<T | null> {
      return peek(id) ?? (await loading.get(id)?.catch(() => null)) ?? null
    },
    /** Call when it has changed: it may be busy now, or at rest. */
    note(session: T): void {
      if (peek(session.id) === session) hold(session)
    },
    /** It is deleted. */
    remove(id: string): void {
      for (const map of [known, busy, resting]) map.delete(id)
    },
    /** All there are. */
    async all(): Promise<T[]> {
      await Promise.allSettled(loading.values())
      return [...known.values()].flatMap((ref) => ref.deref() ?? [])
    },
    /** How many objects are known of. */
    get size(): number {
      return known.size
    },
  }
}
