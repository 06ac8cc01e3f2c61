/**
 * The stores of a server: what they read they read here, and what they write a thread writes. A commit is an fsync,
 * which a disk that is in trouble takes seconds for: meanwhile the server must go on, with its streams and with Stop.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { AccessStore } from '../access/access-store.ts'
import { createSqliteAccessStore } from '../access/sqlite-access-store.ts'
import { CodedError } from '../errors.ts'
import { openDatabase } from '../log/sqlite-database.ts'
import { createSqliteStore } from '../log/sqlite-store.ts'
import type { Store } from '../log/store.ts'
import { type Answer, type Call, CLOSE, fromFailure } from './calls.ts'

type Waiter = { resolve: (value: unknown) => void; reject: (error: unknown) => void }

/**
 * @param dataDir an existing directory
 * @throws what is wrong with the database that is there
 */
export function openStores(dataDir: string): { sessions: Store; access: AccessStore } {
  const db = openDatabase(dataDir)
  const thread = startThread(dataDir)
  let closed: Promise<void> | undefined
  const sessions = <K extends keyof Store>(method: K) => thread.method<Store[K]>('sessions', method)
  const access = <K extends keyof AccessStore>(method: K) => thread.method<AccessStore[K]>('access', method)
  return {
    sessions: {
      ...createSqliteStore(db),
      create: sessions('create'),
      edit: sessions('edit'),
      remove: sessions('remove'),
      forget: sessions('forget'),
      commit: sessions('commit'),
      close() {
        // The thread first: the last to close takes the WAL into the database.
        closed ??= thread.close().then(() => db.close())
        return closed
      },
    },
    access: {
      ...createSqliteAccessStore(db),
      addDevice: access('addDevice'),
      touchDevice: access('touchDevice'),
      removeDevices: access('removeDevices'),
      appendAudit: access('appendAudit'),
    },
  }
}

/** Should it die, so does the server: nothing was acknowledged that is not stored, and the next server goes on from there. */
function startThread(dataDir: string) {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    ...{ workerData: { dataDir }, name: 'store', execArgv: [] },
  })
  const waiting = new Map<number, Waiter>()
  let calls = 0
  let isClosed = false

  worker.on('message', (answer: Answer) => {
    const waiter = waiting.get(answer.call)!
    waiting.delete(answer.call)
    if ('failure' in answer) waiter.reject(fromFailure(answer.failure))
    else waiter.resolve(answer.value)
  })

  const call = (store: Call['store'], method: string, args: readonly unknown[]): Promise<unknown> => {
    if (isClosed) return Promise.reject(new CodedError('storage_failed', 'the store is closed'))
    return new Promise((resolve, reject) => {
      const message: Call = { call: calls++, store, method, args }
      worker.postMessage(message)
      waiting.set(message.call, { resolve, reject })
    })
  }

  return {
    method: <T>(store: Call['store'], name: string): T =>
      ((...args: unknown[]) => call(store, name, args)) as T,
    /** Fulfilled when all that was called is done. */
    async close(): Promise<void> {
      isClosed = true
      worker.postMessage(CLOSE)
      await once(worker, 'exit')
    },
  }
}
