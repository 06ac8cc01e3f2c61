import { expect, test } from 'vitest'
import { describe } from '../../../src/runtime/inspect/describe.ts'

const SECRET = 'the root password is hunter2'
const prompt = { type: 'PROMPT', text: SECRET, by: 'phone', agent: 'claude', model: null, turn: 1 }

test('of what people say the length alone is shown, unless it was asked for', () => {
  expect(describe(prompt, false)).toEqual({ ...prompt, text: '‹28 characters›' })
  expect(describe(prompt, true)).toEqual(prompt)
})

test.for([
  { records: [{ kind: 'tool_use', name: 'Bash', input: { [SECRET]: SECRET } }] },
  { records: [{ kind: 'approval', suggestions: [{ rule: SECRET }], description: SECRET }] },
  { asked: [{ approvalId: 'a', input: [SECRET] }], error: new Error(SECRET) },
  { spool: { state: { blocks: [SECRET] }, [SECRET]: 1 } },
  { message: SECRET, updatedInput: { command: SECRET }, resultError: SECRET },
  SECRET,
  [[SECRET]],
])('nothing of it is anywhere: %j', (value) => {
  expect(JSON.stringify(describe(value, false))).not.toContain('hunter2')
})

test('what the adapter keeps for itself is never shown', () => {
  expect(describe({ spool: { state: SECRET } }, true)).toEqual({ spool: '‹withheld›' })
})

test('however much there is, what is shown is bounded', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 'end' : { a: deep(depth - 1) })
  expect(JSON.stringify(describe(deep(1_000), true)).length).toBeLessThan(100)
  expect(JSON.stringify(describe({ text: 'x'.repeat(1e6) }, true)).length).toBeLessThan(2_100)
  expect(describe(Array(50).fill(1), false)).toEqual([...Array(20).fill(1), '‹30 more›'])
  const wide = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, i]))
  expect(Object.keys(describe(wide, true) as object)).toHaveLength(21)
})

test('what is no JSON is named', () => {
  expect(describe({ run: () => {}, at: undefined, on: true }, true)).toEqual({ run: '‹function›', on: true })
})
