import { expect, test } from 'vitest'
import { createRing } from '../../../src/runtime/inspect/ring.ts'

test('the newest are kept, and numbers go on', () => {
  const ring = createRing({ itemsMax: 3, bytesMax: 100 })
  for (const item of ['a', 'b', 'c', 'd']) ring.add(item)
  expect([ring.firstSeq, ring.nextSeq]).toEqual([1, 4])
  expect(ring.from(0)).toEqual(['b', 'c', 'd'])
  expect(ring.from(2)).toEqual(['c', 'd'])
  expect(ring.from(4)).toEqual([])
})

test('however few there are, they take no more than there is room for; the newest is there all the same', () => {
  const ring = createRing({ itemsMax: 10, bytesMax: 10 })
  ring.add('12345')
  ring.add('67890')
  ring.add('x')
  expect(ring.from(0)).toEqual(['67890', 'x'])
  ring.add('y'.repeat(50))
  expect(ring.from(0)).toEqual(['y'.repeat(50)])
  expect(ring.firstSeq).toBe(3)
})
