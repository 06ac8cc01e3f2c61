import { expect, test } from 'vitest'
import { createSplitter } from '../../../src/runtime/process/splitter.ts'

const split = (bytesMax: number, ...chunks: (string | Buffer)[]) => {
  const splitter = createSplitter(bytesMax)
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)))
  return { splitter, lines, texts: lines.map((line) => line.text) }
}

test('a chunk gives all the lines that it completes, and the rest waits', () => {
  const { splitter, lines } = split(100, 'one\ntwo\n\nthr')
  expect(lines).toEqual([
    { text: 'one', bytes: 3, cut: false, ended: true },
    { text: 'two', bytes: 3, cut: false, ended: true },
    { text: '', bytes: 0, cut: false, ended: true },
  ])
  expect(splitter.heldBytes).toBe(3)
  expect(splitter.push(Buffer.from('ee\n'))).toEqual([{ text: 'three', bytes: 5, cut: false, ended: true }])
  expect(splitter.heldBytes).toBe(0)
})

test('an unfinished rest is given once, and says that nothing ended it', () => {
  const { splitter } = split(100, 'one\nrest')
  expect(splitter.flush()).toEqual({ text: 'rest', bytes: 4, cut: false, ended: false })
  expect(splitter.flush()).toBeUndefined()
  expect(splitter.heldBytes).toBe(0)
})

test('after a newline there is nothing to flush', () => {
  expect(split(100, 'one\n').splitter.flush()).toBeUndefined()
})

test('CR and NUL are a line’s own', () => {
  expect(split(100, 'a\r\n\0b\0\n').texts).toEqual(['a\r', '\0b\0'])
})

test('a character that chunks tear apart is whole in its line', () => {
  const bytes = Buffer.from('日本🧯\n')
  const { texts } = split(100, ...Array.from(bytes, (byte) => Buffer.of(byte)))
  expect(texts).toEqual(['日本🧯'])
})

test('bytes that are no UTF-8 become replacement characters, and are counted as they came', () => {
  const { lines } = split(100, Buffer.of(0x61, 0xff, 0xc3, 0x0a, 0x62, 0x0a))
  expect(lines).toEqual([
    { text: 'a\uFFFD\uFFFD', bytes: 3, cut: false, ended: true },
    { text: 'b', bytes: 1, cut: false, ended: true },
  ])
})

test('a line of just the limit is whole, and one of a byte more is cut', () => {
  expect(split(4, 'abcd\nabcde\n').lines).toEqual([
    { text: 'abcd', bytes: 4, cut: false, ended: true },
    { text: 'abcd', bytes: 5, cut: true, ended: true },
  ])
})

test('a cut line is the same in one chunk and in many, and does not touch the next', () => {
  for (const chunks of [['abcdefgh\nxy\n'], ['ab', 'cdef', 'gh\nx', 'y\n'], ['abcd', 'efgh\n', 'xy\n']])
    expect(split(4, ...chunks).lines).toEqual([
      { text: 'abcd', bytes: 8, cut: true, ended: true },
      { text: 'xy', bytes: 2, cut: false, ended: true },
    ])
})

test('a chunk may be used again by its owner', () => {
  const splitter = createSplitter(100)
  const chunk = Buffer.from('held')
  splitter.push(chunk)
  chunk.fill('x')
  expect(splitter.push(Buffer.from('\n'))[0]?.text).toBe('held')
})

test('a line without an end costs its limit and no more', () => {
  const splitter = createSplitter(1_000)
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const before = process.memoryUsage()
  for (let count = 0; count < 4_000; count++) expect(splitter.push(chunk)).toEqual([])
  const after = process.memoryUsage()
  expect(splitter.heldBytes).toBe(4_000 * chunk.length)
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * 1024 * 1024)
  const line = splitter.flush()!
  expect(line).toMatchObject({ bytes: 4_000 * chunk.length, cut: true, ended: false })
  expect(line.text).toBe('x'.repeat(1_000))
})
