/** The thread that writes: it has the database to itself, and does one call after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { createSqliteAccessStore } from '../access/sqlite-access-store.ts'
import { openDatabase } from '../log/sqlite-database.ts'
import { createSqliteStore } from '../log/sqlite-store.ts'
import { type Answer, type Call, CLOSE, toFailure } from './calls.ts'

type Methods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>

const { dataDir } = workerData as { dataDir: string }
const port = parentPort!

function openStores() {
  const db = openDatabase(dataDir)
  const stores = { sessions: createSqliteStore(db), access: createSqliteAccessStore(db) }
  return { db, stores: stores as unknown as Record<Call['store'], Methods> }
}

let opened: ReturnType<typeof openStores> | undefined

async function answer({ call, store, method, args }: Call): Promise<Answer> {
  try {
    // Not at the start: when it cannot be opened, whoever calls is told so, and the next tries again.
    opened ??= openStores()
    return { call, value: await opened.stores[store][method]!(...args) }
  } catch (error) {
    return { call, failure: toFailure(error) }
  }
}

port.on('message', (message: Call | typeof CLOSE) => {
  if (message !== CLOSE) return void answer(message).then((answered) => port.postMessage(answered))
  opened?.db.close()
  port.close()
})
