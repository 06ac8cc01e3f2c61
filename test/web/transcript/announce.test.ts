import { describe, expect, it } from 'vitest'
import { announce } from '../../../src/web/transcript/announce.ts'
import type { Row } from '../../../src/web/transcript/row.ts'

const row = (more: object): Row => ({ key: 'k', at: null, ...more }) as Row

describe('what is read aloud', () => {
  it.each<[string, object, string]>([
    ['nothing of what is still being written', { type: 'text', text: 'Le', isWriting: true }, ''],
    ['what was said', { type: 'text', text: 'Let me', isWriting: false }, 'Let me'],
    [
      'that a tool waits',
      { type: 'tool', state: 'asked', use: { name: 'Bash', input: {} }, description: 'Look' },
      'Waits for you: Look',
    ],
    ['that a tool failed', { type: 'tool', state: 'failed', use: null, description: '' }, 'Failed: Tool'],
    ['no tool that did what it should', { type: 'tool', state: 'done', use: null, description: '' }, ''],
    ['how a turn ended', { type: 'end', outcome: 'failed' }, 'Turn failed'],
    ['warnings', { type: 'line', level: 'warn', text: 'retry' }, 'retry'],
    ['no other notice', { type: 'line', level: 'info', text: 'fine' }, ''],
  ])('is %s', (_, what, text) => {
    expect(announce(row(what))).toBe(text)
  })

  it('is no more than can be listened to', () => {
    expect(announce(row({ type: 'text', text: 'x'.repeat(10_000), isWriting: false })).length).toBeLessThan(
      400,
    )
  })
})
