/** Logs that are damaged anywhere: whatever stands there, verifying tells of it, and comes to an end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Event, LogRecord } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../src/machines/fold.ts'
import { openDatabase } from '../src/runtime/log/sqlite-database.ts'
import { createSqliteStore } from '../src/runtime/log/sqlite-store.ts'
import { verifyDataDir } from '../src/verify/data-dir.ts'
import { verifyExport } from '../src/verify/export.ts'
import { UnverifiableError, type Verified } from '../src/verify/verified.ts'
import {
  appendOf,
  event,
  queued,
  sessionRow,
  text,
  turnEnd,
  turnStart,
  user,
} from '../test/runtime/log/given.ts'
import { replacePart } from './replace-part.ts'
import type { Property } from './runner/property.ts'

const RECORDS: LogRecord[] = [
  ...[user('hello'), turnStart(), text('a'), queued('p'), turnEnd()],
  ...[user('again', 2), turnStart(2), text('b'.repeat(5_000), 2), turnEnd(2)],
]
const EVENTS: Event[] = RECORDS.map((record, id) => event(id, record))
const EXPORT = { session: { id: 'ID', ...EVENTS.reduce(foldEvent, EMPTY_FOLD) }, events: EVENTS }

/** @returns the violations; none when it said that it cannot be verified at all */
function violationsOf(look: () => Iterable<Verified>): string[] | null {
  try {
    return [...look()].flatMap(({ violations }) => violations)
  } catch (error) {
    if (!(error instanceof UnverifiableError)) throw error
    return null
  }
}

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(null, -1, 'user', 'queued', 'approval', [], {}),
)

export const damagedExport: Property = {
  name: 'damaged-export',
  title: 'an export with anything in it is told to be out of order, to be none, or to be well',
  runs: 500,
  open(tally) {
    tally.sights = { well: 0, violated: 0, unverifiable: 0 }
    const damages = fc.array(fc.tuple(fc.array(fc.nat(20), { maxLength: 5 }), strange), { maxLength: 3 })
    return {
      check: fc.property(damages, (damages) => {
        let damaged: unknown = EXPORT
        for (const [path, by] of damages) damaged = replacePart(damaged, path, by)
        const found = violationsOf(() => [verifyExport(JSON.stringify(damaged))])
        if (damages.length === 0) expect(found).toEqual([])
        tally.sights[found === null ? 'unverifiable' : found.length > 0 ? 'violated' : 'well']!++
      }),
    }
  },
}

export const damagedDirectory: Property = {
  name: 'damaged-directory',
  title: 'a database with any bytes of it changed is told to be damaged, or to be well',
  runs: 200,
  async open(tally) {
    tally.sights = { well: 0, violated: 0 }
    const dir = mkdtempSync(join(tmpdir(), 'breakglass-damaged-'))
    const file = join(dir, 'breakglass.db')
    const store = createSqliteStore(openDatabase(dir))
    await store.create(sessionRow('ID'))
    await store.commit([appendOf(sessionRow('ID'), RECORDS)])
    await store.close()
    const whole = readFileSync(file)
    const change = fc.tuple(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }))
    return {
      check: fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(whole)
        for (const [at, by] of changes) bytes.set(by.subarray(0, bytes.length - at), at)
        writeFileSync(file, bytes)
        const found = violationsOf(() => verifyDataDir(dir))
        if (changes.length === 0) expect(found).toEqual([])
        if (found !== null) tally.sights[found.length > 0 ? 'violated' : 'well']!++
      }),
      close: async () => rmSync(dir, { recursive: true, force: true }),
    }
  },
}
