/** A store in memory, for tests: as strict as the real one about heads and keys, and with commits that fail when told to. */
import { isOpen } from '../../src/machines/fold.ts'
import { CodedError, type ErrorName } from '../../src/runtime/errors.ts'
import { framesAfter, type Segment } from '../../src/runtime/log/frames.ts'
import type { Append, Remembered, SessionRow, Store } from '../../src/runtime/log/store.ts'

type Kept = {
  row: SessionRow | null
  removed?: { ownsWorkspace: boolean }
  segments: Segment[]
  remembered: Map<string, Remembered>
}

export function createMemoryStore() {
  const sessions = new Map<string, Kept>()
  const commits: Append[][] = []
  let failures: unknown[] = []
  /** Resolved before each commit and read: tests put themselves in between here. */
  let gate = async (_what: 'commit' | 'read'): Promise<void> => {}

  const rows = (): SessionRow[] => [...sessions.values()].flatMap(({ row }) => (row === null ? [] : [row]))
  const newestFirst = (): SessionRow[] => rows().sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
  const present = (id: string): Kept & { row: SessionRow } => {
    const kept = sessions.get(id)
    if (!kept?.row) throw new CodedError('session_not_found')
    return kept as Kept & { row: SessionRow }
  }

  const checkHead = ({ sessionId, expectedHead }: Append): void => {
    const head = sessions.get(sessionId)?.row?.fold.lastEventId
    if (head !== expectedHead)
      throw new CodedError('storage_failed', `the head is ${head}, not ${expectedHead}`)
  }

  const checkKeys = ({ sessionId, remembered }: Append): void => {
    const known = new Set(sessions.get(sessionId)?.remembered.keys())
    for (const { key } of remembered) {
      if (known.has(key)) throw new CodedError('storage_failed', `the key ${key} is remembered already`)
      known.add(key)
    }
  }

  const appendOne = ({ sessionId, segment, fold, spool, remembered, at }: Append): void => {
    const kept = present(sessionId)
    const updatedAt = at > kept.row.updatedAt ? at : kept.row.updatedAt
    kept.row = { ...kept.row, fold, spool, updatedAt }
    if (segment) kept.segments.push(segment)
    for (const answer of remembered) kept.remembered.set(answer.key, answer)
  }

  const store: Store = {
    async create(row) {
      if (sessions.has(row.id)) return false
      sessions.set(row.id, { row, segments: [], remembered: new Map() })
      return true
    },
    async get(id) {
      const kept = sessions.get(id)
      return kept === undefined ? null : (kept.row ?? 'deleted')
    },
    list: async () => newestFirst(),
    listIds: async () => newestFirst().map(({ id }) => id),
    count: async () => rows().length,
    listOpen: async () => rows().flatMap(({ id, fold }) => (isOpen(fold) ? [id] : [])),
    async edit(id, edit, at) {
      const kept = present(id)
      kept.row = { ...kept.row, ...edit, updatedAt: at }
    },
    async remove(id) {
      const ownsWorkspace = sessions.get(id)?.row?.ownsWorkspace ?? false
      sessions.set(id, { row: null, removed: { ownsWorkspace }, segments: [], remembered: new Map() })
    },
    async listRemoved() {
      return [...sessions].flatMap(([id, { removed }]) => (removed ? [{ id, ...removed }] : []))
    },
    async forget(id) {
      const kept = sessions.get(id)
      if (kept) delete kept.removed
    },
    async commit(appends) {
      await gate('commit')
      commits.push(appends)
      if (failures.length > 0) throw failures.shift()
      appends.forEach(checkHead)
      appends.forEach(checkKeys)
      appends.forEach(appendOne)
    },
    async read(id, after, bytesMax) {
      await gate('read')
      const page: Segment[] = []
      let bytes = 0
      for (const segment of sessions.get(id)?.segments ?? []) {
        if (segment.last <= after) continue
        if (page.length > 0 && bytes + segment.frames.length > bytesMax) break
        const part = framesAfter(segment, after)
        bytes += part.frames.length
        page.push(part)
      }
      if (page.length === 0) return null
      const frames = Buffer.concat(page.map((part) => part.frames))
      return { first: page[0]!.first, last: page.at(-1)!.last, frames }
    },
    recall: async (id, key) => sessions.get(id)?.remembered.get(key) ?? null,
    async close() {},
  }

  return {
    ...store,
    /** Every commit that was asked for, the failed ones too. */
    commits,
    /** The next commits fail, one for each code. */
    failNext(...codes: ErrorName[]): void {
      failures = codes.map((code) => new CodedError(code))
    },
    /** Calls this before each commit and read, and waits for it. */
    holdAt(hold: typeof gate): void {
      gate = hold
    },
  }
}

export type MemoryStore = ReturnType<typeof createMemoryStore>
