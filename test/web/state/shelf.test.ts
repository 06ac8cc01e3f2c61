import { expect, it, vi } from 'vitest'
import { createShelf, readJson } from '../../../src/web/state/shelf.ts'
import { createDevice } from './memory-shelf.ts'

const target = new EventTarget() as Window

it('keeps texts by name, for all tabs, apart from what else is there', () => {
  const { open, kept } = createDevice()
  kept['other:a.x'] = 'not ours'
  const [one, two] = [open(), open()]
  one.write('a.x', '1')
  one.write('a.y', '2')
  one.write('b', '3')
  expect(two.read('a.x')).toBe('1')
  expect(two.names('a.').sort()).toEqual(['a.x', 'a.y'])
  two.write('a.x', null)
  expect([one.read('a.x'), one.names('a.')]).toEqual([null, ['a.y']])
})

it('keeps nothing of a device that is out, then or later', () => {
  const { open, kept } = createDevice()
  kept['other:a'] = 'not ours'
  const [one, two] = [open(), open()]
  one.write('a', '1')
  two.write('b', '2')
  one.forgetAll()
  one.write('a', 'typed since')
  expect(kept).toEqual({ 'other:a': 'not ours' })
  expect([one.read('a'), two.names('')]).toEqual(['typed since', []])
})

it('tells of what another tab has changed, and of nothing else', () => {
  const { open } = createDevice()
  const [one, two] = [open(), open()]
  const seen = vi.fn()
  one.watch(seen)
  two.write('a', '1')
  one.write('b', '2')
  expect(seen.mock.calls).toEqual([['a']])
})

it.each<[string, () => Storage]>([
  [
    'forbidden',
    () => {
      throw new DOMException('no', 'SecurityError')
    },
  ],
  [
    'full',
    () =>
      ({
        getItem: () => 'old',
        setItem: () => {
          throw new DOMException('no', 'QuotaExceededError')
        },
        removeItem: () => {
          throw new DOMException('no')
        },
      }) as unknown as Storage,
  ],
])('keeps them in memory where the store is %s', (_, openStorage) => {
  const shelf = createShelf('test:', openStorage, target)
  shelf.write('a', '1')
  expect([shelf.read('a'), shelf.names('')]).toEqual(['1', ['a']])
  shelf.write('a', null)
  expect([shelf.read('a'), shelf.names('')]).toEqual([null, []])
})

it('takes what it cannot read for nothing', () => {
  expect(readJson({ read: () => '{' }, 'a')).toBeNull()
  expect(readJson({ read: () => null }, 'a')).toBeNull()
})
