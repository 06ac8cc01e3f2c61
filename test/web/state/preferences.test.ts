import { expect, test } from 'vitest'
import {
  doesEnterSend,
  loadPreferences,
  type Preferences,
  savePreferences,
} from '../../../src/web/state/preferences.ts'

const CHOSEN: Preferences = { theme: 'dark', textSize: 1.25, enterSends: false }
const NOTHING: Preferences = { theme: 'system', textSize: 1, enterSends: null }
const storageOf = (text: string | null) => ({ getItem: () => text })

test('what was chosen is there at the next visit', () => {
  const kept: string[] = []
  savePreferences({ setItem: (_, text) => void kept.push(text) }, CHOSEN)
  expect(loadPreferences(storageOf(kept[0]!))).toEqual(CHOSEN)
})

test.for([null, '', '{', 'null', '[]', '{"theme":"pink","textSize":"1"}', '{"textSize":99,"enterSends":1}'])(
  'what cannot be read (%s) is as if nothing was chosen',
  (text) => {
    expect(loadPreferences(storageOf(text))).toEqual(NOTHING)
  },
)

test('where nothing can be kept, nothing fails', () => {
  const full = {
    setItem: () => {
      throw new Error('QuotaExceededError')
    },
  }
  expect(() => savePreferences(full, CHOSEN)).not.toThrow()
})

test('Enter sends at a desk and begins a line on a phone, unless somebody said otherwise', () => {
  const send = (enterSends: boolean | null, isTouch: boolean) =>
    doesEnterSend({ ...NOTHING, enterSends }, isTouch)
  expect([send(null, false), send(null, true), send(true, true), send(false, false)]).toEqual([
    ...[true, false, true, false],
  ])
})
