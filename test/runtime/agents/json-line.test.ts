import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { jsonLine } from '../../../src/runtime/agents/json-line.ts'

test('a line of JSON is one line to whoever reads lines, and says what it was given', async () => {
  const value = { text: 'a\u2028b\u2029c\r\nd\u0085e\\u2028 🧯' }
  const lines: string[] = []
  for await (const line of createInterface({ input: Readable.from([jsonLine(value)]) })) lines.push(line)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toEqual(value)
})
