/**
 * The simulated disk: a store that outlives its servers. What is written takes its time; a server can die in the midst of
 * it, before or after it counts, and a full disk refuses it whole.
 */
import { CodedError, type ErrorName } from '../../src/runtime/errors.ts'
import { eventTexts } from '../../src/runtime/log/frames.ts'
import type { Append, SessionEdit, Store } from '../../src/runtime/log/store.ts'
import { createMemoryStore } from '../../test/support/memory-store.ts'
import type { Recorder } from './recorder.ts'
import type { Tasks } from './tasks.ts'
import type { Life } from './time.ts'

export type Disk = ReturnType<typeof createDisk>

/** A promise of something that never comes: to a server that has died. */
const never = <T>(): Promise<T> => new Promise(() => {})

/** Nothing but JSON is kept. */
const kept = <T>(value: T): T => JSON.parse(JSON.stringify(value))

export function createDisk({ record, see }: Recorder, tasks: Tasks) {
  const memory = createMemoryStore()
  /** What was begun to be written. */
  const inFlight = new Set<() => Promise<unknown>>()
  let failures: ErrorName[] = []

  const commit = async (appends: Append[]): Promise<void> => {
    await memory.commit(
      appends.map((append) => ({ ...append, ...kept({ fold: append.fold, spool: append.spool }) })),
    )
    for (const { sessionId, segment, fold } of appends) {
      const events = segment === null ? [] : eventTexts(segment).map((text) => JSON.parse(text))
      record({ type: 'stored', session: sessionId, events, fold: kept(fold) })
      for (const { kind } of events) see('turns', kind === 'turn_end')
    }
  }

  const edit = async (id: string, edit: SessionEdit, at: string): Promise<void> => {
    await memory.edit(id, edit, at)
    record({ type: 'edited', session: id, edit })
  }

  const remove = async (id: string, at: string): Promise<void> => {
    const isThere = (await memory.get(id)) !== 'deleted'
    await memory.remove(id, at)
    if (isThere) record({ type: 'deleted', session: id })
  }

  const write = async <T>(change: () => Promise<T>): Promise<T> => {
    const begun = (): Promise<T> => change()
    inFlight.add(begun)
    await tasks.whenDue()
    if (!inFlight.delete(begun)) return never()
    const failure = failures.shift()
    if (failure === undefined) return change()
    see(failure === 'storage_full' ? 'disk full' : 'commit failed')
    throw new CodedError(failure)
  }

  return {
    memory,
    /** The store as one server has it. */
    open(life: Life): Store {
      const whenAlive = async <T>(act: () => Promise<T>): Promise<T> => {
        await tasks.whenDue()
        return life.alive ? act() : never()
      }
      return {
        ...memory,
        commit: (appends) => write(() => commit(appends)),
        create: (row) =>
          write(async () => {
            const isNew = await memory.create(row)
            if (isNew) record({ type: 'opened', session: row.id })
            return isNew
          }),
        edit: (...given) => write(() => edit(...given)),
        remove: (...given) => write(() => remove(...given)),
        read: (...given) => whenAlive(() => memory.read(...given)),
        recall: (...given) => whenAlive(() => memory.recall(...given)),
        forget: (id) => whenAlive(() => memory.forget(id)),
      }
    },
    /** The next writes fail, one for each code. */
    failNext(codes: ErrorName[]): void {
      failures = codes
    },
    /** A server dies: what it had begun to write counts, or it does not. */
    async crash({ keep }: { keep: boolean }): Promise<void> {
      const begun = [...inFlight]
      inFlight.clear()
      see(keep ? 'commit in flight kept' : 'commit in flight lost', begun.length > 0)
      // What could not be stored is not, and nobody is left to hear of it.
      if (keep) for (const change of begun) await change().catch(() => {})
    },
  }
}
