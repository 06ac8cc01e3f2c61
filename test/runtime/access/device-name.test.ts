import { expect, test } from 'vitest'
import { nameDevice } from '../../../src/runtime/access/device-name.ts'

test.for([
  ['Ann’s phone', 'Ann’s phone'],
  ['  two \n\t words ', 'two words'],
  ['a\u202eb\u0000c\u200bd', 'a b c d'],
  ['', 'device'],
  ['\u200b\u0007 ', 'device'],
  ['x'.repeat(500), 'x'.repeat(40)],
  ['\ud800', '\ufffd'],
] as const)('a device that wants to be called %j is called %j', ([given, name]) => {
  expect(nameDevice(given, [])).toBe(name)
})

test('a name that another device has, in whatever case, is numbered', () => {
  expect(nameDevice('phone', ['Phone'])).toBe('phone 2')
  expect(nameDevice('phone', ['phone', 'PHONE 2'])).toBe('phone 3')
})

test('nobody is called what stands for the token, or for nobody', () => {
  for (const name of ['token', 'Deadline', 'nobody', 'server']) expect(nameDevice(name, [])).toBe(`${name} 2`)
})
