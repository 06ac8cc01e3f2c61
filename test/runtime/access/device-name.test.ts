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
  ['ｔｏｋｅｎ ①', 'token 1'],
  ['\u3164', 'device'],
  ['\u2800\u115f', 'device'],
  ['Телефон', 'Телефон'],
  ['Xiaomi Телефон', 'Xiaomi Телефон'],
  ['Κινητό Nokia', 'Κινητό Nokia'],
  ['iPhoneの田中', 'iPhoneの田中'],
  ['t\u043eken', 'device'],
  ['\u0430dmin', 'device'],
  ['serv3\u0435r', 'device'],
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

test('nobody has the name of another by adding what cannot be seen', () => {
  for (const unseen of ['\u3164', '\ufe0f', '\u034f', '\u2800', '\u00ad', '\u180b', '\u{e0100}'])
    for (const given of [`phone${unseen}`, `${unseen}phone`])
      expect(nameDevice(given, ['phone'])).toBe('phone 2')
})
