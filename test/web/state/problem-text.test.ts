import { expect, test } from 'vitest'
import { RequestError } from '../../../src/client/index.ts'
import { problemText } from '../../../src/web/state/problem-text.ts'

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
