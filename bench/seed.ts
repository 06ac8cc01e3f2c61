/** A data directory with logs in it, written by the store itself, but without the agents that would say so much. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../src/machines/fold.ts'
import { encodeFrame } from '../src/runtime/log/frames.ts'
import { openDatabase } from '../src/runtime/log/sqlite-database.ts'
import { createSqliteStore } from '../src/runtime/log/sqlite-store.ts'
import type { Append, Store } from '../src/runtime/log/store.ts'
import { TEXT_CHARS } from './contestant.ts'

/** Events that were committed together, as of an agent that talks at a good pace. */
const EVENTS_PER_SEGMENT = 10
const APPENDS_PER_COMMIT = 2_000

/** The log of a session with one turn, which has ended. */
function eventOf(id: number, events: number, at: string): Event {
  const base = { id, at, turn: 1 }
  if (id === 0) return { ...base, kind: 'user', text: 'Say much.' }
  if (id === 1) return { ...base, kind: 'turn_start', agent: 'claude', model: null }
  if (id < events - 1) return { ...base, kind: 'text', text: 'x'.repeat(TEXT_CHARS), block: id - 2 }
  const end = { outcome: 'completed', exitCode: 0, signal: null, durationMs: 1_000, survivors: 0 } as const
  return { ...base, kind: 'turn_end', ...end }
}

function* appendsOf(sessionId: string, events: number, at: string): Generator<Append> {
  let fold = EMPTY_FOLD
  for (let first = 0; first < events; first += EVENTS_PER_SEGMENT) {
    const last = Math.min(first + EVENTS_PER_SEGMENT, events) - 1
    let frames = ''
    for (let id = first; id <= last; id++) {
      const event = eventOf(id, events, at)
      fold = foldEvent(fold, event)
      frames += encodeFrame(event)
    }
    const segment = { first, last, frames: Buffer.from(frames) }
    yield { sessionId, expectedHead: first - 1, segment, fold, spool: null, remembered: [], at }
  }
}

async function createSession(store: Store, id: string, workspace: string, at: string): Promise<void> {
  const settings = {
    agent: 'claude',
    model: null,
    title: null,
    archived: false,
    permissionMode: 'ask',
  } as const
  const times = { allowedAfter: -1, createdAt: at, updatedAt: at }
  await store.create({
    id,
    ...settings,
    workspace,
    ownsWorkspace: true,
    ...times,
    fold: EMPTY_FOLD,
    spool: null,
  })
}

/**
 * @param logs how many events each session has
 * @returns the directory, to be removed, and the sessions' ids
 */
export async function seed(logs: number[]): Promise<{ dataDir: string; ids: string[] }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  const store = createSqliteStore(openDatabase(dataDir))
  const at = new Date().toISOString()
  const ids: string[] = []
  let waiting: Append[] = []
  for (const events of logs) {
    const id = randomUUID()
    ids.push(id)
    await createSession(store, id, join(dataDir, 'workspaces', id), at)
    for (const append of appendsOf(id, events, at)) {
      waiting.push(append)
      if (waiting.length < APPENDS_PER_COMMIT) continue
      await store.commit(waiting)
      waiting = []
    }
  }
  await store.commit(waiting)
  store.close()
  return { dataDir, ids }
}
