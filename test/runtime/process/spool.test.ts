import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSpool, type Spool } from '../../../src/runtime/process/spool.ts'
import { tempDir } from '../temp-dir.ts'

const UNLIMITED = { outputBytesMax: Number.POSITIVE_INFINITY }
const LIMITS = { readBytes: 64 * 1024, lineBytesMax: 1024 * 1024, ...UNLIMITED }

const writeSpool = (content: string): string => {
  const path = join(tempDir(), 'out')
  writeFileSync(path, content)
  return path
}

const open = (path: string, offset = 0, limits: Partial<typeof LIMITS> = {}): Spool => {
  const spool = openSpool(path, offset, { ...LIMITS, ...limits })
  onTestFinished(spool.close)
  return spool
}

/** All that can be read now, with the offset after each read. */
const readAll = (spool: Spool) => {
  const texts: string[] = []
  const offsets: number[] = []
  for (;;) {
    const { lines, offset, more } = spool.read()
    texts.push(...lines.map((line) => line.text))
    offsets.push(offset)
    if (!more) return { texts, offsets }
  }
}

test('the offset lies behind the last complete line, whatever was read beyond it', () => {
  const path = writeSpool('one\ntwo\npart')
  const spool = open(path)
  expect(spool.read()).toMatchObject({ offset: 8, more: false })
  expect(spool.read()).toEqual({ lines: [], offset: 8, more: false })
  appendFileSync(path, 'ial\n')
  expect(spool.read()).toEqual({
    lines: [{ text: 'partial', bytes: 7, cut: false, ended: true }],
    offset: 16,
    more: false,
  })
})

test('a reader that starts at any offset that another one returned sees exactly the rest', () => {
  const lines = Array.from({ length: 60 }, (_, index) => 'é'.repeat((index * 7) % 90) + index)
  const path = writeSpool(`${lines.join('\n')}\n`)
  const first = open(path, 0, { readBytes: 100, lineBytesMax: 1_000 })
  let seen = 0
  for (let more = true; more; ) {
    const read = first.read()
    more = read.more
    seen += read.lines.length
    expect(readAll(open(path, read.offset)).texts).toEqual(lines.slice(seen))
  }
  expect(seen).toBe(lines.length)
})

test('a line longer than many reads takes is given whole, and holds the offset until it ends', () => {
  const long = 'x'.repeat(1_000)
  const { texts, offsets } = readAll(
    open(writeSpool(`a\n${long}\nb\n`), 0, { readBytes: 64, lineBytesMax: 2_000 }),
  )
  expect(texts).toEqual(['a', long, 'b'])
  expect([...new Set(offsets)]).toEqual([2, 1_005])
})

test('a line beyond its limit is cut, and the offset still lies behind all of it', () => {
  const spool = open(writeSpool(`${'x'.repeat(500)}\nnext\n`), 0, { readBytes: 1_000, lineBytesMax: 10 })
  expect(spool.read()).toEqual({
    lines: [
      { text: 'x'.repeat(10), bytes: 500, cut: true, ended: true },
      { text: 'next', bytes: 4, cut: false, ended: true },
    ],
    offset: 506,
    more: false,
  })
})

test('one read takes no more than it may, and says that there is more', () => {
  const spool = open(writeSpool('x\n'.repeat(100_000)), 0, { readBytes: 20_000, lineBytesMax: 100 })
  const sizes: number[] = []
  for (let more = true; more; ) {
    const read = spool.read()
    sizes.push(read.lines.length * 2)
    more = read.more
  }
  expect(Math.max(...sizes)).toBe(20_000)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(200_000)
})

test('a file that grows while it is read gives every line once', () => {
  const path = writeSpool('')
  const spool = open(path, 0, { readBytes: 32, lineBytesMax: 100 })
  const texts: string[] = []
  for (let index = 0; index < 50; index++) {
    appendFileSync(path, `line ${index}\nhalf `)
    const read = spool.read()
    texts.push(...read.lines.map((line) => line.text))
  }
  texts.push(...readAll(spool).texts)
  expect(texts).toEqual(
    Array.from({ length: 50 }, (_, index) => `${index === 0 ? '' : 'half '}line ${index}`),
  )
})

test('what is written after the seal does not count', () => {
  const path = writeSpool('before\nlast words')
  const spool = open(path, 0, { readBytes: 4, lineBytesMax: 100 })
  spool.read()
  spool.seal()
  appendFileSync(path, ' of somebody else\nafter\n')
  expect(readAll(spool).texts).toEqual(['before'])
  expect(spool.flush()).toEqual({
    lines: [{ text: 'last words', bytes: 10, cut: false, ended: false }],
    offset: 17,
  })
})

test('a last line that a newline ended is not given again', () => {
  const spool = open(writeSpool('all\n'))
  spool.seal()
  spool.read()
  expect(spool.flush()).toEqual({ lines: [], offset: 4 })
})

// `echo oops >/dev/stderr` does that on Linux, when stderr is a file.
test('an agent that truncates its output is read on from the new beginning', () => {
  const path = writeSpool('one\ntwo\nthree\n')
  const spool = open(path)
  spool.read()
  truncateSync(path, 0)
  appendFileSync(path, 'four\n')
  spool.seal()
  expect(readAll(spool).texts).toEqual(['four'])
})

test('a spool that is not there is an error', () => {
  expect(() => openSpool(join(tempDir(), 'out'), 0, LIMITS)).toThrow('ENOENT')
})

test('what an agent says beyond its limit is not read, however much of it there is', () => {
  const path = writeSpool(`${'x'.repeat(9)}\n`.repeat(1_000))
  const spool = open(path, 0, { readBytes: 64, outputBytesMax: 105 })
  const { texts, offsets } = readAll(spool)
  expect(texts).toHaveLength(10)
  expect(offsets.at(-1)).toBe(100)
  appendFileSync(path, 'more\n')
  expect(spool.read()).toEqual({ lines: [], offset: 100, more: false })
  spool.seal()
  expect(spool.read()).toEqual({ lines: [], offset: 100, more: false })
  expect(spool.flush()).toMatchObject({ lines: [{ text: 'xxxxx', ended: false }], offset: 105 })
})

test('a reader that comes back beyond the limit reads nothing', () => {
  const spool = open(writeSpool('one\ntwo\nthree\n'), 8, { outputBytesMax: 4 })
  expect(spool.read()).toEqual({ lines: [], offset: 8, more: false })
})
