import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createAudit } from '../../../src/runtime/access/audit.ts'
import { createSqliteAccessStore } from '../../../src/runtime/access/sqlite-access-store.ts'
import { openDatabase } from '../../../src/runtime/log/sqlite-database.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'
import { givenAccess, START } from './given.ts'

const NEWEST = Number.MAX_SAFE_INTEGER
const entry = (action: string) => ({
  ...{ caller: 'phone', deviceId: 'd', address: '192.0.2.1', action, outcome: 'ok', target: 's' },
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

function givenAudit() {
  const given = givenAccess()
  const audit = createAudit(given)
  onTestFinished(audit.close)
  const actions = async () => (await audit.read(NEWEST, 10_000)).map(({ action }) => action).reverse()
  return { ...given, audit, actions }
}

test('what is recorded is on disk when that is said, the newest first', async () => {
  const { audit } = givenAudit()
  await audit.record(entry('prompt'))
  await audit.record(entry('cancel'))
  expect(await audit.read(NEWEST, 10)).toEqual([
    { id: 2, at: START, ...entry('cancel'), count: 1 },
    { id: 1, at: START, ...entry('prompt'), count: 1 },
  ])
  expect(await audit.read(2, 10)).toMatchObject([{ action: 'prompt' }])
  expect(await audit.read(NEWEST, 1)).toMatchObject([{ action: 'cancel' }])
})

test('what comes at once is one commit', async () => {
  const { audit, store, actions } = givenAudit()
  const append = vi.spyOn(store, 'appendAudit')
  await Promise.all(['a', 'b', 'c'].map((action) => audit.record(entry(action))))
  expect(append).toHaveBeenCalledTimes(1)
  expect(await actions()).toEqual(['a', 'b', 'c'])
})

test('on a full disk nobody is held up, and what was done is on record when there is room', async () => {
  const { audit, fillDisk, faults, actions } = givenAudit()
  fillDisk(true)
  await audit.record(entry('a'))
  await audit.record(entry('b'))
  expect(await actions()).toEqual([])
  expect(faults).toHaveLength(1)
  fillDisk(false)
  vi.advanceTimersByTime(500)
  await until(async () => expect(await actions()).toEqual(['a', 'b']))
})

test('what there is no room for is counted, and the count is on record', async () => {
  const { audit, fillDisk, actions } = givenAudit()
  fillDisk(true)
  for (let i = 0; i < 1_002; i++) await audit.record(entry(`${i}`))
  fillDisk(false)
  vi.advanceTimersByTime(500)
  await until(async () => expect(await actions()).toHaveLength(1_001))
  expect(await audit.read(NEWEST, 1)).toMatchObject([
    { caller: 'server', action: 'audit', outcome: 'lost', count: 2 },
  ])
})

test('closing writes what waits', async () => {
  const { audit, fillDisk, actions } = givenAudit()
  fillDisk(true)
  await audit.record(entry('a'))
  fillDisk(false)
  await audit.close()
  expect(await actions()).toEqual(['a'])
})

test('on a full disk what failed does not take the room of what was done', async () => {
  const { audit, fillDisk } = givenAudit()
  fillDisk(true)
  for (let i = 0; i < 1_000; i++)
    await audit.record({ ...entry('revoke'), caller: `${i}`, outcome: 'device_not_found' })
  for (let i = 0; i < 500; i++) await audit.record(entry('prompt'))
  fillDisk(false)
  vi.advanceTimersByTime(500)
  await until(async () => {
    const records = await audit.read(NEWEST, 10_000)
    expect(records.filter(({ action }) => action === 'prompt')).toHaveLength(500)
    expect(records[0]).toMatchObject({ outcome: 'lost', count: 500 })
  })
})

test('of what was done and of what failed the oldest go, each for themselves, and no id comes again', async () => {
  const db = openDatabase(tempDir())
  onTestFinished(() => db.close())
  const at = (action: string, outcome = 'ok') => ({ ...entry(action), outcome, at: START, count: 1 })
  const store = createSqliteAccessStore(db)
  const failed = Array.from({ length: 10 }, (_, i) => at(`f${i}`, 'bad_code'))
  await store.appendAudit([...['a', 'b', 'c', 'd'].map((action) => at(action)), ...failed], {
    done: 3,
    failed: 2,
  })
  const left = async () => (await store.readAudit(NEWEST, 10)).map(({ id, action }) => [id, action])
  expect(await left()).toEqual([
    ...[
      [14, 'f9'],
      [13, 'f8'],
    ],
    ...[
      [4, 'd'],
      [3, 'c'],
      [2, 'b'],
    ],
  ])
  db.exec('DELETE FROM audit')
  await store.appendAudit([at('e')], { done: 3, failed: 2 })
  expect(await left()).toEqual([[15, 'e']])
})

test('records are trimmed again while a server runs', async () => {
  const db = openDatabase(tempDir())
  onTestFinished(() => db.close())
  const store = createSqliteAccessStore(db)
  for (let i = 0; i < 3; i++)
    await store.appendAudit(
      Array.from({ length: 1_000 }, () => ({ ...entry('a'), at: START, count: 1 })),
      { done: 500, failed: 0 },
    )
  expect(await store.readAudit(NEWEST, 10_000)).toHaveLength(500)
})
