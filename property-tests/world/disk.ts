/**
 * The simulated disk: a store that outlives its servers. A commit takes its time; a server can die in the midst of one,
 * before or after it counts, and a full disk refuses it whole.
 */
import { CodedError, type ErrorName } from '../../src/runtime/errors.ts'
import { eventTexts } from '../../src/runtime/log/frames.ts'
import type { Append, Store } from '../../src/runtime/log/store.ts'
import { createMemoryStore } from '../../test/support/memory-store.ts'
import type { Recorder } from './recorder.ts'
import type { Tasks } from './tasks.ts'
import type { Life } from './time.ts'

export type Disk = ReturnType<typeof createDisk>

type Commit = { appends: Append[]; life: Life }

/** A promise of something that never comes: to a server that has died. */
const never = <T>(): Promise<T> => new Promise(() => {})

/** Nothing but JSON is kept. */
const kept = <T>(value: T): T => JSON.parse(JSON.stringify(value))

export function createDisk(recorder: Recorder, tasks: Tasks) {
  const memory = createMemoryStore()
  const inFlight = new Set<Commit>()
  let failures: ErrorName[] = []

  const apply = async (appends: Append[]): Promise<void> => {
    await memory.commit(
      appends.map((append) => ({ ...append, ...kept({ fold: append.fold, spool: append.spool }) })),
    )
    for (const { sessionId, segment, fold } of appends) {
      const events = segment === null ? [] : eventTexts(segment).map((text) => JSON.parse(text))
      recorder.record({ type: 'stored', session: sessionId, events, fold: kept(fold) })
      for (const { kind } of events) recorder.see('turns', kind === 'turn_end')
    }
  }

  const commit = async (life: Life, appends: Append[]): Promise<void> => {
    const entry = { appends, life }
    inFlight.add(entry)
    await tasks.whenDue()
    if (!inFlight.delete(entry)) return never()
    const failure = failures.shift()
    if (failure !== undefined) {
      recorder.see(failure === 'storage_full' ? 'disk full' : 'commit failed')
      throw new CodedError(failure)
    }
    await apply(appends)
  }

  return {
    memory,
    /** The store as one server has it. */
    open: (life: Life): Store => ({
      ...memory,
      commit: (appends) => commit(life, appends),
      async read(id, after, bytesMax) {
        await tasks.whenDue()
        return life.alive ? memory.read(id, after, bytesMax) : never()
      },
      async recall(id, key) {
        await tasks.whenDue()
        return life.alive ? memory.recall(id, key) : never()
      },
    }),
    /** The next commits fail, one for each code. */
    failNext(codes: ErrorName[]): void {
      failures = codes
    },
    /** A server dies: what it had begun to commit counts, or it does not. */
    async crash({ keep }: { keep: boolean }): Promise<void> {
      const begun = [...inFlight]
      inFlight.clear()
      recorder.see(keep ? 'commit in flight kept' : 'commit in flight lost', begun.length > 0)
      // What could not be stored is not, and nobody is left to hear of it.
      if (keep) for (const { appends } of begun) await apply(appends).catch(() => {})
    },
  }
}
