import { expect, test } from 'vitest'
import type { StreamStatus } from '../../../src/client/follow.ts'
import { followLink, type Link, NO_LINK } from '../../../src/web/state/link.ts'
import { linkText } from '../../../src/web/state/link-text.ts'

const status = (state: StreamStatus['state'], more: Partial<StreamStatus> = {}): StreamStatus => ({
  ...{ state, attempt: 0 },
  ...more,
})
const after = (...told: [StreamStatus, number][]): Link =>
  told.reduce((link, [next, now]) => followLink(link, next, now), NO_LINK)
type At = { behind?: number; isOnline?: boolean; heardAt?: number | null }
const textOf = (link: Link, now: number, { behind = 0, isOnline = true, heardAt = 2_000 }: At = {}): string =>
  linkText(link, { behind, isOnline, heardAt, now }).text

const LIVE: [StreamStatus, number][] = [
  [status('connecting'), 0],
  [status('replaying'), 1_000],
  [status('live'), 2_000],
]

test('a page says that it is live, and how old the last byte is', () => {
  expect(textOf(after(...LIVE), 5_000)).toBe('live · 3 s ago')
  expect(textOf(after(...LIVE), 2_000 + 5 * 60_000)).toBe('live · 5 min ago')
})

test('while it catches up it says how many are still to come', () => {
  expect(textOf(after(...LIVE.slice(0, 2)), 1_000, { behind: 12 })).toBe('catching up, 12 to come')
})

test('between two connections it says in how long the next is, and since when nothing came', () => {
  const link = after(...LIVE, [status('waiting', { retryInMs: 8_000 }), 10_000])
  expect(textOf(link, 13_000)).toBe('reconnecting in 5 s · 11 s ago')
  expect(textOf(link, 99_000)).toContain('reconnecting in 0 s')
})

test('without a network it says so, whatever it was about to do', () => {
  const link = after(...LIVE, [status('waiting', { retryInMs: 8_000 }), 10_000])
  expect(linkText(link, { behind: 0, isOnline: false, heardAt: 2_000, now: 12_000 })).toEqual({
    ...{ state: 'offline', text: 'offline · 10 s ago' },
  })
})

test('what was never live connects; what was reconnects', () => {
  expect(textOf(after([status('connecting'), 0]), 0, { heardAt: null })).toBe('connecting')
  expect(textOf(after(...LIVE, [status('connecting'), 3_000]), 3_000)).toBe('reconnecting · 1 s ago')
})

test('no age is negative, whatever came since the clock was read', () => {
  expect(textOf(after(...LIVE), 2_000, { heardAt: 2_700 })).toBe('live · 0 s ago')
})

test('the time that the server told is known until it tells another', () => {
  const told = after([status('connecting'), 0], [status('replaying', { servedAt: 7 }), 1_000])
  expect(told.served).toEqual({ at: 7, seenAt: 1_000 })
  expect(followLink(told, status('replaying'), 2_000).served).toEqual({ at: 7, seenAt: 1_000 })
})
