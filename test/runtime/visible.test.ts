import { expect, test } from 'vitest'
import { visible } from '../../src/runtime/visible.ts'

test('what a terminal would obey is shown', () => {
  expect(visible('\x1b[2Ja\rb\tc\x07\x7f\x9b31m\0')).toBe(
    '\\u001b[2Ja\\u000db\\u0009c\\u0007\\u007f\\u009b31m\\u0000',
  )
  expect(visible('a\u202eb\u2066c\u200fd\u2028e')).toBe('a\\u202eb\\u2066c\\u200fd\\u2028e')
})

test('lines, and what is only to be read, stay as they are', () => {
  const text = 'ünïcode ✓ 🙂 "quoted" \\ 日本\nnext\n'
  expect(visible(text)).toBe(text)
})

test('JSON means the same afterwards', () => {
  const value = { text: '\u009b0m \u202e \x1b \n "' }
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value)
})
