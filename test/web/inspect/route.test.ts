import { expect, test } from 'vitest'
import { parseRoute, type Route, routePath } from '../../../src/web/inspect/route.ts'

test.each<[string, Route]>([
  ['#/', { view: 'choose' }],
  ['#/table', { view: 'table' }],
  ['#/s/a%2Fb', { view: 'live', id: 'a/b' }],
  ['#/s/a/turn/3', { view: 'turn', id: 'a', turn: 3, step: null }],
  ['#/s/a/turn/3/step/12', { view: 'turn', id: 'a', turn: 3, step: 12 }],
  ['#/s/a/turn/3/event/120', { view: 'turn', id: 'a', turn: 3, step: null, event: 120 }],
  ['#/file/turn/2/event/0', { view: 'file', turn: 2, step: null, event: 0 }],
  ['#/file', { view: 'file', turn: null, step: null }],
  ['#/file/turn/2/step/0', { view: 'file', turn: 2, step: 0 }],
])('%s is an address, there and back', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route)
  expect(routePath(route)).toBe(hash)
})

test.each<[string, Route]>([
  ['', { view: 'choose' }],
  ['#/nowhere', { view: 'choose' }],
  ['#/s/', { view: 'choose' }],
  ['#/s/a/turn/x', { view: 'live', id: 'a' }],
  ['#/s/a/turn/3/step/-1', { view: 'turn', id: 'a', turn: 3, step: null }],
  ['#/s/a/turn/3/event/x', { view: 'turn', id: 'a', turn: 3, step: null }],
  ['#/s/%', { view: 'live', id: '%' }],
  ['#/file/step/3', { view: 'file', turn: null, step: null }],
])('%s leads as far as it can be read', (hash, route) => expect(parseRoute(hash)).toEqual(route))
