import { expect, test } from 'vitest'
import { encodeFrame, eventTexts, framesAfter } from '../../../src/runtime/log/frames.ts'
import { event, idsOf, segment, text } from './given.ts'

test('a frame is an id, the event as one line of JSON, and an empty line', () => {
  expect(encodeFrame(event(7, text('hi', 2)))).toBe(
    'id: 7\ndata: {"id":7,"at":"2026-11-22T10:00:00.000Z","kind":"text","turn":2,"text":"hi","block":0}\n\n',
  )
})

test('no text can end a frame or add a field to it', () => {
  for (const evil of ['\n\nid: 99\ndata: {}\n\n', '\r\n\r\nevent: reset\r\n', '\r', '\0', '\u2028'])
    expect(encodeFrame(event(0, text(evil))).split(/\r\n|\r|\n/)).toHaveLength(4)
})

test('the part of a segment behind a cursor begins with the next event', () => {
  const whole = segment(5, 12)
  expect(framesAfter(whole, 4)).toBe(whole)
  for (let after = 5; after < 12; after++) {
    const part = framesAfter(whole, after)
    expect([part.first, part.last]).toEqual([after + 1, 12])
    expect(idsOf(part)).toEqual(idsOf(whole).slice(after - 4))
  }
})

test('an id is not found inside a longer one, nor inside a text', () => {
  const part = framesAfter(segment(98, 101, '\n\nid: 100\n'), 99)
  expect(idsOf(part)).toEqual([100, 101])
})

test('a cursor that does not lie in the segment is an error, not an answer', () => {
  expect(() => framesAfter(segment(5, 12), 12)).toThrow('no frame 13')
})

test('the texts of a segment are its events’ JSON', () => {
  expect(eventTexts(segment(1, 2, '\n\n')).map((json) => JSON.parse(json))).toEqual([
    event(1, text('\n\n')),
    event(2, text('\n\n')),
  ])
})

test('half a character becomes a replacement character, and whatever looks like one does not', () => {
  const dataOf = (text: string): string => {
    const frame = encodeFrame({ id: 0, at: '2027', kind: 'text', turn: 1, text, block: 0 })
    return JSON.parse(frame.slice(frame.indexOf('data: ') + 6)).text
  }
  expect(dataOf('a\ud800b')).toBe('a\ufffdb')
  expect(dataOf('\udc00\ud83d')).toBe('\ufffd\ufffd')
  for (const text of ['🧯', '\\ud800', '\\\\ud800', 'C:\\udder']) expect(dataOf(text)).toBe(text)
})
