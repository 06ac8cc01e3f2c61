import { expect, test } from 'vitest'
import { parseRoute, type Route, routePath } from '../../src/web/route.ts'

test.for<Route>([
  { view: 'sessions' },
  { view: 'session', id: 'a/b c%' },
  { view: 'new' },
  { view: 'devices' },
  { view: 'settings' },
])('$view: a path leads where it was made for', (route) => {
  expect(parseRoute(routePath(route))).toEqual(route)
})

test('what the page does not know is the list', () => {
  for (const hash of ['', '#', '#/', '#/s', '#/s/', '#/nothing', '#x'])
    expect([hash, parseRoute(hash)]).toEqual([hash, { view: 'sessions' }])
  expect(parseRoute('#/s/%zz')).toEqual({ view: 'session', id: '%zz' })
})
