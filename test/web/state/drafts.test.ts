import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LIMITS } from '../../../src/web/limits.ts'
import { createDrafts, NO_DRAFT } from '../../../src/web/state/drafts.ts'
import { createHistory, recall } from '../../../src/web/state/history.ts'
import { createSnippets, defaultSnippets, moved } from '../../../src/web/state/snippets.ts'
import { createDevice } from './memory-shelf.ts'

const file = (name: string) => ({ name, path: `attachments/${name}`, bytes: 1, mediaType: 'image/png' })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('keeps what is typed, per session, over a reload: a moment after the last key', () => {
  const { open } = createDevice()
  const drafts = createDrafts(open())
  drafts.setText('one', 'half a')
  drafts.setText('one', 'half a thought')
  drafts.attach('one', [file('a')])
  expect(createDrafts(open()).of('one')).toEqual(NO_DRAFT)
  vi.advanceTimersByTime(LIMITS.draftSaveMs)
  const later = createDrafts(open())
  expect(later.of('one')).toEqual({ text: 'half a thought', files: [file('a')], refusal: null })
  expect(later.of('two')).toEqual(NO_DRAFT)
})

it('keeps the last key too when the page goes at once', () => {
  const { open } = createDevice()
  const drafts = createDrafts(open())
  drafts.setText('one', 'ab')
  drafts.saveAll()
  expect(createDrafts(open()).of('one').text).toBe('ab')
})

it('keeps nothing of what was sent', () => {
  const { open, kept } = createDevice()
  const drafts = createDrafts(open())
  drafts.setText('one', 'ab')
  drafts.saveAll()
  drafts.clear('one')
  vi.advanceTimersByTime(LIMITS.draftSaveMs)
  expect([drafts.of('one'), kept]).toEqual([NO_DRAFT, {}])
})

it('has the same draft in all tabs, and loses none to an empty one', () => {
  const { open } = createDevice()
  const [one, two] = [createDrafts(open()), createDrafts(open())]
  one.setText('one', 'from the first')
  vi.advanceTimersByTime(LIMITS.draftSaveMs)
  expect(two.of('one').text).toBe('from the first')
  two.setText('one', 'from the first, and the second')
  one.setText('one', 'still typing')
  two.saveAll()
  expect(one.of('one').text).toBe('still typing')
  one.saveAll()
  expect(two.of('one').text).toBe('still typing')
  two.clear('one')
  expect(one.of('one')).toEqual(NO_DRAFT)
})

it('puts a refused prompt in front of what was typed since, with the reason', () => {
  const { open } = createDevice()
  const drafts = createDrafts(open())
  drafts.setText('one', 'and then')
  drafts.attach('one', [file('a'), file('b')])
  drafts.giveBack('one', { text: 'first', files: [file('a')], refusal: 'Too long.' })
  const expected = { text: 'first\n\nand then', files: [file('a'), file('b')], refusal: 'Too long.' }
  expect(drafts.of('one')).toEqual(expected)
  expect(createDrafts(open()).of('one')).toEqual(expected)
  drafts.detach('one', 'attachments/a')
  drafts.forgive('one')
  expect(drafts.of('one')).toEqual({ ...expected, files: [file('b')], refusal: null })
})

it('remembers each prompt once, the newest first, so many and no longer ones', () => {
  const { open } = createDevice()
  const history = createHistory(open())
  for (const prompt of ['a', 'b', 'a', 'x'.repeat(LIMITS.historyCharsMax + 1)]) history.add(prompt)
  expect(history.list()).toEqual(['a', 'b'])
  for (let i = 0; i <= LIMITS.historyMax; i++) history.add(`${i}`)
  expect(createHistory(open()).list()).toHaveLength(LIMITS.historyMax)
})

it.each<[string, 'older' | 'newer', string | null]>([
  ['', 'older', 'c'],
  ['c', 'older', 'b'],
  ['a', 'older', null],
  ['b', 'newer', 'c'],
  ['c', 'newer', ''],
  ['', 'newer', null],
  ['typed', 'older', null],
])('an arrow from %j to what is %s leads to %j', (text, key, expected) => {
  expect(recall(['c', 'b', 'a'], text, key)).toBe(expected)
})

it('has snippets per agent, the operator’s own once there are any, in all tabs', () => {
  const { open } = createDevice()
  const [one, two] = [createSnippets(open()), createSnippets(open())]
  expect(defaultSnippets('shell')).not.toEqual(defaultSnippets('claude'))
  one.set('shell', [{ title: 'up', prompt: 'uptime' }])
  expect(two.store.getSnapshot().context).toEqual({ shell: [{ title: 'up', prompt: 'uptime' }] })
  one.set('shell', null)
  expect(two.store.getSnapshot().context).toEqual({})
})

it('moves a snippet by one, and none out of the list', () => {
  const [a, b] = ['a', 'b'].map((title) => ({ title, prompt: title }))
  expect(moved([a!, b!], 0, 1)).toEqual([b, a])
  expect(moved([a!, b!], 1, 1)).toEqual([a, b])
  expect(moved([a!, b!], 0, -1)).toEqual([a, b])
})
