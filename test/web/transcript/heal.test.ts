import { describe, expect, it } from 'vitest'
import { heal } from '../../../src/web/transcript/heal.ts'

describe('Markdown that is cut in the middle', () => {
  it.each([
    ['closes what is open', 'a **b', 'a **b**'],
    ['closes from the inside out', '**a *b', '**a *b***'],
    ['closes code', 'a `b', 'a `b`'],
    ['closes what is open around code', '**a `b', '**a `b`**'],
    ['does not take code for marks', 'a `b**` c', 'a `b**` c'],
    ['holds back what may become a mark', 'a *', 'a '],
    ['holds back code that has not begun', 'a `', 'a '],
    ['holds back a list that has not begun', 'a\n-', 'a\n'],
    ['holds back a heading that has not begun', 'a\n\n##', 'a\n\n'],
    ['shows a link by its words', 'see [the man', 'see the man'],
    ['shows a link by its words, wherever it leads', 'see [the man](https://ex', 'see the man'],
    ['leaves a finished link', 'see [the man](https://x.org)', 'see [the man](https://x.org)'],
    ['leaves what is open in code', '```sh\necho **', '```sh\necho **'],
    ['holds back the fence that ends it', '```sh\necho\n``', '```sh\necho'],
    ['leaves a star that is a bullet', '* a', '* a'],
    ['leaves a star that multiplies', '2 * 3', '2 * 3'],
    ['leaves what was open in the paragraph before', '**a\n\nb', '**a\n\nb'],
    ['leaves what was open in the item before', '- **a\n- b', '- **a\n- b'],
  ])('%s', (_, text, healed) => {
    expect(heal(text)).toBe(healed)
  })
})
