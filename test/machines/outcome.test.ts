import { describe, expect, test } from 'vitest'
import { concludeTurn } from '../../src/machines/outcome.ts'
import type { Cause, ProcessDelays, ProcessOutput } from '../../src/machines/process-events.ts'
import { DELAYS } from './port-events.ts'

const output = (cause: Cause, fields: Partial<ProcessOutput> = {}): ProcessOutput => ({
  cause,
  exitCode: null,
  signal: null,
  error: '',
  resultError: null,
  survivors: 0,
  ...fields,
})

const conclude = (cause: Cause, fields: Partial<ProcessOutput> = {}, delays: ProcessDelays | null = null) =>
  concludeTurn(output(cause, fields), delays)

const end = (outcome: string, fields: object = {}) => ({
  kind: 'turn_end',
  outcome,
  exitCode: null,
  signal: null,
  survivors: 0,
  ...fields,
})

test('an exit of 0 completes a turn', () => {
  expect(conclude('exited', { exitCode: 0 })).toEqual([end('completed', { exitCode: 0 })])
})

test('what an agent wrote to stderr does not fail a turn that it left with 0', () => {
  expect(conclude('exited', { exitCode: 0, error: 'deprecated option' })).toEqual([
    end('completed', { exitCode: 0 }),
  ])
})

test('a turn that had to be stopped after a good result is completed, however it was stopped', () => {
  const killed = { exitCode: 137, signal: 'SIGKILL', error: 'Killed', survivors: 1 }
  expect(conclude('finished', killed)).toEqual([
    end('completed', { exitCode: 137, signal: 'SIGKILL', survivors: 1 }),
  ])
})

test('a turn that had to be stopped after a bad result fails with its complaint', () => {
  expect(
    conclude('finished', { signal: 'SIGTERM', error: 'Terminated', resultError: 'Overloaded.' }),
  ).toEqual([
    { kind: 'error', code: 'agent_error', error: 'Overloaded.' },
    end('failed', { signal: 'SIGTERM' }),
  ])
})

test('a cancelled turn says so, and nothing of how the agent took it', () => {
  const took = { exitCode: 1, signal: null, error: 'Interrupted', resultError: 'Interrupted by user' }
  expect(conclude('cancelled', took)).toEqual([{ kind: 'cancelled' }, end('cancelled', { exitCode: 1 })])
})

test('a turn that timed out says after how many seconds', () => {
  expect(
    conclude('timed_out', { exitCode: 143, signal: 'SIGTERM' }, { ...DELAYS, turnTimeoutMs: 1_500 }),
  ).toEqual([
    { kind: 'error', code: 'timed_out', error: 'turn timed out after 1.5 s' },
    end('timed_out', { exitCode: 143, signal: 'SIGTERM' }),
  ])
})

test('a turn whose agent fell silent timed out, and says after how many seconds of silence', () => {
  const delays = { ...DELAYS, turnTimeoutMs: 9_000, stallNoticeMs: 1_000, stallKillMs: 2_500 }
  expect(conclude('stalled', { exitCode: 143, signal: 'SIGTERM' }, delays)).toEqual([
    { kind: 'error', code: 'stalled', error: 'the agent said nothing for 2.5 s' },
    end('timed_out', { exitCode: 143, signal: 'SIGTERM' }),
  ])
})

test('a turn that said too much fails, in the words of who counted', () => {
  expect(conclude('output_limit', { error: 'the agent has said 65 MiB', signal: 'SIGTERM' })).toEqual([
    { kind: 'error', code: 'output_limit', error: 'the agent has said 65 MiB' },
    end('failed', { signal: 'SIGTERM' }),
  ])
})

test('a start that found no room fails the turn as that, and the reason is said', () => {
  expect(conclude('disk_full', { error: 'ENOSPC' })).toEqual([
    { kind: 'error', code: 'disk_full', error: 'could not start agent: ENOSPC' },
    end('failed'),
  ])
})

test('an agent that could not be started fails the turn, and the reason is said', () => {
  expect(conclude('spawn_failed', { error: 'ENOENT' })).toEqual([
    { kind: 'error', code: 'spawn_failed', error: 'could not start agent: ENOENT' },
    end('failed'),
  ])
})

test.each(['lost', 'interrupted'] as const)(
  'a turn that was %s ends as that, in the words of the loss',
  (cause) => {
    expect(conclude(cause, { error: 'the supervisor is gone' })).toEqual([
      { kind: 'error', code: cause, error: 'the supervisor is gone' },
      end(cause),
    ])
  },
)

test.each([
  ['lost', 'lost'],
  ['interrupted', 'interrupted'],
  ['output_limit', 'failed'],
] as const)(
  'a turn that is %s never ends without a word, even when the server that knew more has died',
  (cause, outcome) => {
    const [error, last] = conclude(cause)
    expect(error).toMatchObject({ kind: 'error', code: cause, error: expect.stringMatching(/\w+/) })
    expect(last).toMatchObject({ outcome })
  },
)

describe('an exit that is not 0 fails the turn', () => {
  test.each<[string, Partial<ProcessOutput>, string]>([
    ['in the words of stderr', { exitCode: 1, error: 'No disk.', resultError: 'Overloaded.' }, 'No disk.'],
    [
      'in those of the result when stderr is empty',
      { exitCode: 1, resultError: 'Overloaded.' },
      'Overloaded.',
    ],
    ['with its status when nobody said anything', { exitCode: 3 }, 'exit 3'],
    ['with its signal when one ended it', { exitCode: 137, signal: 'SIGKILL' }, 'killed by SIGKILL'],
  ])('%s', (_, fields, error) => {
    const { exitCode = null, signal = null } = fields
    expect(conclude('exited', fields)).toEqual([
      { kind: 'error', code: 'exit_nonzero', error },
      end('failed', { exitCode, signal }),
    ])
  })
})

test('a bad result and an exit of 0 fail in the words of the result, whatever stderr says besides', () => {
  expect(conclude('exited', { exitCode: 0, error: 'deprecated option', resultError: 'Overloaded.' })).toEqual(
    [{ kind: 'error', code: 'agent_error', error: 'Overloaded.' }, end('failed', { exitCode: 0 })],
  )
})

test('the text of an error is at most 500 characters, and no character is cut in half', () => {
  const [error] = conclude('lost', { error: `${'x'.repeat(499)}🚒🚒` })
  expect(error).toMatchObject({ kind: 'error', error: expect.stringMatching(/^x{499}/) })
  const text = (error as { error: string }).error
  expect(text.length).toBeLessThanOrEqual(500)
  expect(text.isWellFormed()).toBe(true)
})
