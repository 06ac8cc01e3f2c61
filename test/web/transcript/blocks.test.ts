import type { Token } from 'marked'
import { describe, expect, it } from 'vitest'
import { type Blocks, readBlocks } from '../../../src/web/transcript/blocks.ts'

const ANSWER = `## What I found

The disk is **97 % full**, and *journald* keeps \`38 GiB\`
of it in \`/var/log\`:

1. \`/var/log/journal\` has **38 GiB**
2. \`/var/lib/docker\` has 21 GiB
   - of which **old images** 17 GiB
   - the rest is *in use*

| Mount | Size |
|---|--:|
| / | 98G |
| /boot | 1G |

> Nothing was ~~deleted~~ touched **yet**.

\`\`\`sh
journalctl --vacuum-size=2G
\`\`\`

See [the manual](https://example.org/journald) for \`SystemMaxUse\`.

- one
- two
`

const inside = (token: Token): string => {
  if (token.type === 'space' || token.type === 'hr') return ''
  if (token.type === 'list') return token.items.map(inside).join(' ')
  if (token.type === 'table')
    return [...token.header, ...token.rows.flat()].map((cell) => cell.tokens.map(inside).join('')).join(' ')
  const { tokens } = token as { tokens?: Token[] }
  return tokens === undefined ? ((token as { text?: string }).text ?? '') : tokens.map(inside).join('')
}
/** What can be read, however it looks. */
const wordsOf = ({ tokens }: Blocks): string => tokens!.map(inside).join(' ').replace(/\s+/g, '')
const typesOf = ({ tokens }: Blocks): string[] =>
  tokens!.map(({ type }) => type).filter((type) => type !== 'space')
const prefixes = (text: string): string[] => Array.from(text, (_, at) => text.slice(0, at + 1))

describe('Markdown that is being written', () => {
  it('never shows a letter that is not there in the end', () => {
    const whole = wordsOf(readBlocks(ANSWER, false, null))
    const strays = prefixes(ANSWER).filter((text) => !whole.startsWith(wordsOf(readBlocks(text, true, null))))
    expect(strays).toEqual([])
  })

  it('keeps the blocks that it has shown, in their kinds and their order', () => {
    const kinds = typesOf(readBlocks(ANSWER, false, null))
    for (const text of prefixes(ANSWER)) {
      const shown = typesOf(readBlocks(text, true, null))
      expect([text, shown.slice(0, -1)]).toEqual([text, kinds.slice(0, Math.max(0, shown.length - 1))])
    }
  })

  it('is the same when only its end is read anew', () => {
    let before: Blocks | null = null
    for (const text of prefixes(ANSWER)) {
      before = readBlocks(text, true, before)
      expect(before.tokens).toEqual(readBlocks(text, true, null).tokens)
    }
  })

  it('leaves finished blocks the objects that they were', () => {
    const half = ANSWER.indexOf('> Nothing')
    const before = readBlocks(ANSWER.slice(0, half), true, null)
    const after = readBlocks(ANSWER.slice(0, half + 30), true, before)
    expect(before.settled.tokens.length).toBeGreaterThan(2)
    for (const [index, token] of before.settled.tokens.entries()) expect(after.tokens![index]).toBe(token)
  })

  it('goes on with a list behind what looked like its end', () => {
    let before: Blocks | null = null
    for (const text of prefixes('1. a\n\n2. b')) before = readBlocks(text, true, before)
    expect(typesOf(before!)).toEqual(['list'])
  })

  it('begins anew when the text is another one', () => {
    const before = readBlocks('# One\n\ntwo\n\nthree\n\nfour', true, null)
    expect(wordsOf(readBlocks('other', true, before))).toBe('other')
  })
})

describe('Markdown', () => {
  it('that is too long, or nested too deep, is plain text', () => {
    expect(readBlocks('x'.repeat(50_001), false, null).tokens).toBeNull()
    expect(readBlocks('>'.repeat(20_000), false, null).tokens).toBeNull()
    expect(readBlocks('>'.repeat(20_000), true, null).tokens).toBeNull()
  })
})
