import { expect, test } from 'vitest'
import { agentEnvironment } from '../../../src/runtime/agents/environment.ts'

test('an agent gets what is on the list, and nothing else', () => {
  const from = {
    ...{ PATH: '/bin', HOME: '/root', LANG: 'C.UTF-8', LC_ALL: 'C', SSH_AUTH_SOCK: '/s', https_proxy: 'p' },
    ...{ ANTHROPIC_API_KEY: 'k', CLAUDE_CODE_OAUTH_TOKEN: 't' },
  }
  const secrets = {
    AWS_SECRET_ACCESS_KEY: 'x',
    NODE_OPTIONS: '--inspect',
    LD_PRELOAD: 'x.so',
    PATHS: '/',
    XLC_ALL: 'x',
  }
  expect(agentEnvironment({ ...from, ...secrets }, [])).toEqual({ TERM: 'dumb', ...from })
})

test('names that the operator lets through pass as well, exactly those', () => {
  const from = { PATH: '/bin', AWS_PROFILE: 'a', AWS_PROFILE_2: 'b', TERM: 'xterm' }
  expect(agentEnvironment(from, ['AWS_PROFILE', 'TERM', 'MISSING'])).toEqual({
    ...{ PATH: '/bin', AWS_PROFILE: 'a', TERM: 'xterm' },
  })
})

test('nothing of the server’s own passes, not even when it is let through', () => {
  const from = { PATH: '/bin', BREAKGLASS_TOKEN: 'secret', BREAKGLASS_TURN: 'x', BREAKGLASS_: 'y' }
  expect(agentEnvironment(from, Object.keys(from))).toEqual({ TERM: 'dumb', PATH: '/bin' })
})

test('there is always a PATH', () => {
  for (const from of [{}, { PATH: '' }, { PATH: undefined }])
    expect(agentEnvironment(from, [])).toEqual({ TERM: 'dumb', PATH: expect.stringContaining('/usr/bin:') })
})

test('a variable that is set to nothing stays so', () => {
  expect(agentEnvironment({ PATH: '/bin', NO_PROXY: '', HOME: undefined }, [])).toEqual({
    ...{ TERM: 'dumb', PATH: '/bin', NO_PROXY: '' },
  })
})
