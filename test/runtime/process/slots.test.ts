import PQueue from 'p-queue'
import { expect, test, vi } from 'vitest'
import { takeSlot as takeSlotOrNone } from '../../../src/runtime/process/slots.ts'

/** A place that nobody gives up waiting for. */
const takeSlot = async (slots: PQueue, options: { mayWait: boolean; onWait: () => void }) => {
  const release = await takeSlotOrNone(slots, { ...options, signal: new AbortController().signal })
  if (release === null) throw new Error('there is no place')
  return release
}

test('as many get a place at once as there are, and the next says that it waits, once', async () => {
  const slots = new PQueue({ concurrency: 2 })
  const onWait = vi.fn()
  const first = await takeSlot(slots, { mayWait: true, onWait })
  await takeSlot(slots, { mayWait: true, onWait })
  expect(onWait).not.toHaveBeenCalled()
  const third = takeSlot(slots, { mayWait: true, onWait })
  expect(onWait).toHaveBeenCalledTimes(1)
  first()
  await third
  expect(onWait).toHaveBeenCalledTimes(1)
})

test('what may not wait has its place at once, before those who wait, and gives it back', async () => {
  const slots = new PQueue({ concurrency: 1 })
  const first = await takeSlot(slots, { mayWait: true, onWait() {} })
  let got = false
  const waiting = takeSlot(slots, { mayWait: true, onWait() {} }).then((release) => {
    got = true
    return release
  })
  const running = await takeSlot(slots, { mayWait: false, onWait: () => expect.unreachable() })
  first()
  await new Promise(setImmediate)
  expect([got, slots.pending]).toEqual([false, 1])
  running()
  ;(await waiting)()
  await slots.onIdle()
  expect(slots.pending).toBe(0)
})

test('those who wait get their places in the order in which they came', async () => {
  const slots = new PQueue({ concurrency: 1 })
  const order: string[] = []
  const release = await takeSlot(slots, { mayWait: true, onWait() {} })
  const turns = ['a', 'b', 'c'].map(async (name) => {
    const done = await takeSlot(slots, { mayWait: true, onWait() {} })
    order.push(name)
    done()
  })
  release()
  await Promise.all(turns)
  expect(order).toEqual(['a', 'b', 'c'])
  await slots.onIdle()
  expect(slots.pending).toBe(0)
})

test('who gives up waiting is not counted any more, gets none, and the next comes before it', async () => {
  const slots = new PQueue({ concurrency: 1 })
  const release = await takeSlot(slots, { mayWait: true, onWait() {} })
  const leaving = new AbortController()
  const given = takeSlotOrNone(slots, { mayWait: true, onWait() {}, signal: leaving.signal })
  const next = takeSlot(slots, { mayWait: true, onWait() {} })
  expect(slots.size).toBe(2)
  leaving.abort()
  expect(await given).toBeNull()
  expect(slots.size).toBe(1)
  release()
  ;(await next)()
  await slots.onIdle()
})

test('who leaves while it has a place gives it back', async () => {
  const slots = new PQueue({ concurrency: 1 })
  const leaving = new AbortController()
  await takeSlotOrNone(slots, { mayWait: true, onWait() {}, signal: leaving.signal })
  const next = takeSlot(slots, { mayWait: true, onWait() {} })
  leaving.abort()
  ;(await next)()
  await slots.onIdle()
})
