import PQueue from 'p-queue'
import { expect, test, vi } from 'vitest'
import { takeSlot } from '../../../src/runtime/process/slots.ts'

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
