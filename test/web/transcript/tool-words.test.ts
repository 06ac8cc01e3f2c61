import { describe, expect, it } from 'vitest'
import { readDiff } from '../../../src/web/transcript/diff-lines.ts'
import { readEdits } from '../../../src/web/transcript/edits.ts'
import { toolWords } from '../../../src/web/transcript/tool-words.ts'

describe('a tool is called', () => {
  it.each([
    ['by what the agent says of it', 'Bash', { description: 'Look', command: 'df' }, '', 'Look', ''],
    ['by what its approval says', 'Bash', { command: 'df' }, 'See the disk', 'See the disk', ''],
    [
      'by what it does',
      'Read',
      { file_path: '/etc/hosts', offset: 5, limit: 10 },
      '',
      'Read',
      '/etc/hosts:5–14',
    ],
    ['by where it looks', 'Grep', { pattern: 'max', path: '/etc' }, '', 'Search', 'max in /etc'],
    ['by its server and its name', 'mcp__grafana__query', {}, '', 'grafana · query', ''],
    ['by its name alone', 'Unheard', null, '', 'Unheard', ''],
    ['by no input that is not as it should be', 'Read', { file_path: 3 }, '', 'Read', ''],
  ])('%s', (_, name, input, description, title, subject) => {
    expect(toolWords(name, input, description)).toEqual({ title, subject })
  })
})

describe('an edit', () => {
  it('is what its tool says that it changes', () => {
    const edit = { old_string: 'a', new_string: 'b', replace_all: true }
    expect(readEdits('Edit', edit)).toEqual([{ before: 'a', after: 'b', isAll: true }])
    expect(readEdits('MultiEdit', { edits: [edit, edit] })).toHaveLength(2)
    expect(readEdits('Write', { content: 'b' })).toEqual([{ before: '', after: 'b', isAll: false }])
    expect(readEdits('Bash', { command: 'df' })).toBeNull()
    expect(readEdits('MultiEdit', { edits: 'no' })).toBeNull()
  })

  it('is shown by its lines', () => {
    expect(readDiff({ before: 'a\nb\nc\n', after: 'a\nB\nc\n', isAll: false })).toEqual([
      { mark: ' ', text: 'a' },
      { mark: '-', text: 'b' },
      { mark: '+', text: 'B' },
      { mark: ' ', text: 'c' },
    ])
  })

  it('that is too large to compare takes all away, and adds all', () => {
    const lines = (letter: string): string =>
      Array.from({ length: 3_000 }, (_, i) => `${letter}${i}\n`).join('')
    const marks = readDiff({ before: lines('a'), after: lines('b'), isAll: false }).map(({ mark }) => mark)
    expect(marks.join('')).toBe('-'.repeat(3_000) + '+'.repeat(3_000))
  })
})
