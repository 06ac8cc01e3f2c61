import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createAudit } from '../../../src/runtime/access/audit.ts'
import { createSqliteAccessStore } from '../../../src/runtime/access/sqlite-access-store.ts'
import { openDatabase } from '../../../src/runtime/log/sqlite-database.ts'
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
  await vi.waitFor(async () => expect(await actions()).toEqual(['a', 'b']))
})

test('what there is no room for is counted, and the count is on record', async () => {
  const { audit, fillDisk, actions } = givenAudit()
  fillDisk(true)
  for (let i = 0; i < 1_002; i++) await audit.record(entry(`${i}`))
  fillDisk(false)
  vi.advanceTimersByTime(500)
  await vi.waitFor(async () => expect(await actions()).toHaveLength(1_001))
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

test('beyond a number of records the oldest go, and no id comes again', async () => {
  const db = openDatabase(tempDir())
  onTestFinished(() => db.close())
  const store = createSqliteAccessStore(db)
  const at = (action: string) => ({ ...entry(action), at: START, count: 1 })
  await store.appendAudit(['a', 'b', 'c', 'd'].map(at), 3)
  expect((await store.readAudit(NEWEST, 10)).map(({ id, action }) => [id, action])).toEqual([
    [4, 'd'],
    [3, 'c'],
    [2, 'b'],
  ])
  db.exec('DELETE FROM audit')
  await store.appendAudit([at('e')], 3)
  expect(await store.readAudit(NEWEST, 10)).toMatchObject([{ id: 5 }])
})
