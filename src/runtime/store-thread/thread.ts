/** The thread that writes: it has the database to itself, and does one call after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { createSqliteAccessStore } from '../access/sqlite-access-store.ts'
import { openDatabase } from '../log/sqlite-database.ts'
import { createSqliteStore } from '../log/sqlite-store.ts'
import type { Append } from '../log/store.ts'
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
  } finally {
    if (store === 'sessions' && method === 'commit') letGoOfFrames(args[0] as Append[])
  }
}

/** At once: this thread makes so little else that its collector would come only when there are 50 MiB of them. */
function letGoOfFrames(appends: Append[]): void {
  for (const { segment } of appends) {
    const memory = segment?.frames.buffer as ArrayBuffer | undefined
    // Small ones share theirs.
    if (memory !== undefined && !memory.detached) memory.transfer(0)
  }
}

port.on('message', (message: Call | typeof CLOSE) => {
  if (message !== CLOSE) return void answer(message).then((answered) => port.postMessage(answered))
  opened?.db.close()
  port.close()
})
