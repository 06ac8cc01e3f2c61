import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { LogRecord } from '../../src/machines/events.ts'
import { openDatabase } from '../../src/runtime/log/sqlite-database.ts'
import { createSqliteStore } from '../../src/runtime/log/sqlite-store.ts'
import { verifyDataDir } from '../../src/verify/data-dir.ts'
import { appendOf, queued, sessionRow, text, turnEnd, turnStart, user } from '../runtime/log/given.ts'
import { tempDir } from '../runtime/temp-dir.ts'

const ID = '6f2c1c1e-0000-4000-8000-000000000000'
const DELETED = '6f2c1c1e-0000-4000-8000-000000000001'
const TURN: LogRecord[] = [user('hello'), turnStart(), text('a'), queued('p')]

/** A session of two segments, its last turn open, and one that was deleted. */
async function makeDataDir(): Promise<string> {
  const dir = tempDir()
  const store = createSqliteStore(openDatabase(dir))
  const row = sessionRow(ID)
  await store.create(row)
  await store.create(sessionRow(DELETED))
  await store.remove(DELETED, row.createdAt)
  const remembered = [
    { key: 'k', bodyHash: '', answer: { turn: 1, eventId: 0 } },
    { key: 'q', bodyHash: '', answer: { queued: true, promptId: 'p', position: 1 } },
  ]
  const first = appendOf(row, TURN, { remembered })
  await store.commit([first])
  await store.commit([appendOf({ ...row, fold: first.fold }, [turnEnd(), user('again', 2), turnStart(2)])])
  await store.close()
  return dir
}

function change(dir: string, sql: string): void {
  const db = new DatabaseSync(join(dir, 'breakglass.db'))
  db.exec(sql)
  db.close()
}

const verified = (dir: string) => [...verifyDataDir(dir)]
const violations = (dir: string): string[] =>
  verified(dir).flatMap((found) => found.violations.map((violation) => `${found.name}: ${violation}`))

test('a directory in which all is well has no violations, and is left as it is', async () => {
  const dir = await makeDataDir()
  const files = readdirSync(dir)
  expect(verified(dir)).toEqual([
    { name: 'breakglass.db', events: null, violations: [] },
    { name: ID, events: 7, violations: [] },
    { name: DELETED, events: 0, violations: [] },
  ])
  expect(readdirSync(dir)).toEqual(files)
})

test('a directory that is in use is read as it is at that time', async () => {
  const dir = await makeDataDir()
  const store = createSqliteStore(openDatabase(dir))
  await store.create(sessionRow('6f2c1c1e-0000-4000-8000-000000000002'))
  expect(verified(dir)).toHaveLength(4)
  expect(violations(dir)).toEqual([])
  await store.close()
})

const SEGMENT = "UPDATE segment SET frames = CAST(replace(CAST(frames AS TEXT), '"

test.for([
  ['a head that is not the last event', 'UPDATE session SET head = 9', ['the head is 9, and should be 6']],
  [
    'a turn that nobody would go on with',
    'UPDATE session SET phase = 0',
    ['the phase is 0, and should be 1'],
  ],
  [
    'a fold that is not that of the log',
    `UPDATE session SET fold = json_set(fold, '$.turn', 7)`,
    ['turn is stored as 7, and should be 2'],
  ],
  [
    'a segment that is gone',
    'DELETE FROM segment WHERE first = 0',
    ['the segment to 6 begins at 4, and should at 0', 'at 0 (id 4, turn 1, turn_end): the id should be 0'],
  ],
  [
    'a segment that is longer than it says',
    'UPDATE segment SET first = 1 WHERE first = 0',
    ['the segment to 3 begins at 1, and should at 0', 'the segment from 1 to 3 has 4 events'],
  ],
  [
    'a frame with another id than its event',
    `${SEGMENT}id: 2', 'id: 8') AS BLOB)`,
    ['the frame of the event 2 has the id 8'],
  ],
  [
    'a frame without an event',
    `${SEGMENT}{"id":2', '{') AS BLOB)`,
    ['a frame cannot be read: "id: 2\\ndata: {,'],
  ],
  [
    'an event that is not what its kind says',
    `${SEGMENT}"kind":"text"', '"kind":"result"') AS BLOB)`,
    ['the log cannot be folded: an event is not what its kind says'],
  ],
  [
    'an answer by a turn that there is not',
    `UPDATE remembered SET answer = '{"turn":1,"eventId":2}' WHERE key = 'k'`,
    ['"k" was answered by turn 1, which is not there'],
  ],
  [
    'an answer by a prompt that was never queued',
    `UPDATE remembered SET answer = '{"queued":true,"promptId":"x"}' WHERE key = 'q'`,
    ['"q" was answered by the prompt x, which was never queued'],
  ],
] as const)('%s is told', async ([, sql, expected]) => {
  const dir = await makeDataDir()
  change(dir, `${sql}`)
  const found = violations(dir)
  for (const violation of expected)
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${ID}: ${RegExp.escape(violation)}`)))
})

test('what is left of a deleted session is told', async () => {
  const dir = await makeDataDir()
  change(dir, `UPDATE session SET row = NULL WHERE id = '${ID}'`)
  expect(violations(dir)).toEqual([
    'breakglass.db: 2 segments of sessions that are gone',
    'breakglass.db: 2 answers of sessions that are gone',
    `${ID}: it is deleted, but not all of it`,
  ])
})

test('a database that is damaged is told of, whatever can be read of it', async () => {
  const dir = await makeDataDir()
  writeFileSync(join(dir, 'breakglass.db'), 'no database, but long enough to be taken for one'.repeat(100))
  expect(violations(dir)).toEqual(['breakglass.db: it cannot be read: file is not a database'])
})

test('what is no data directory, or has another format, cannot be verified', async () => {
  expect(() => verified(tempDir())).toThrow('there is no')
  const dir = await makeDataDir()
  change(dir, 'PRAGMA user_version = 99')
  expect(() => verified(dir)).toThrow('has format 99; this program knows 2')
})

test('a server that is started meanwhile is noticed, since half of what it does may have been read', async () => {
  const dir = await makeDataDir()
  const found = verifyDataDir(dir)
  found.next()
  const store = createSqliteStore(openDatabase(dir))
  await store.create(sessionRow('6f2c1c1e-0000-4000-8000-000000000002'))
  expect(() => [...found]).toThrow('a server was started meanwhile')
  await store.close()
})
