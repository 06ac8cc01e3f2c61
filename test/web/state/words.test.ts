import { expect, test } from 'vitest'
import { RequestError } from '../../../src/client/index.ts'
import { problemText } from '../../../src/web/state/problem-text.ts'
import { ageText, costText } from '../../../src/web/state/words.ts'

test('an age is said by its largest unit', () => {
  const minute = 60_000
  const ages = [0, minute - 1, minute, 59 * minute, 60 * minute, 23 * 60 * minute, 49 * 60 * minute]
  expect(ages.map(ageText)).toEqual(['now', 'now', '1 min', '59 min', '1 h', '23 h', '2 d'])
})

test('what costs nothing says nothing, and what costs little does not say that it is free', () => {
  expect([0, 0.001, 0.01, 12.345].map(costText)).toEqual(['', '< $0.01', '$0.01', '$12.35'])
})

test('a problem is said in the server’s words, where it has any', () => {
  const problem = (status: number, code: string, detail = 'x') =>
    problemText(new RequestError({ status, code, detail }))
  expect(problem(409, 'session_busy', 'A turn runs')).toBe('A turn runs.')
  expect(problem(400, 'bad_request', 'Why?')).toBe('Why?')
  expect(problem(0, 'unreachable')).toBe('The server cannot be reached.')
  expect(problem(0, 'timed_out')).toContain('may have done it all the same')
  expect(problem(401, 'unauthorized')).toContain('Pair it again')
  expect(problemText(new Error('x'))).toContain('a fault')
})
