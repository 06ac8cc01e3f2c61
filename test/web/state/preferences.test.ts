import { expect, test } from 'vitest'
import { loadPreferences, savePreferences } from '../../../src/web/state/preferences.ts'

const storageOf = (text: string | null) => ({ getItem: () => text })

test('what was chosen is there at the next visit', () => {
  const kept: string[] = []
  savePreferences({ setItem: (_, text) => void kept.push(text) }, { theme: 'dark', textSize: 1.25 })
  expect(loadPreferences(storageOf(kept[0]!))).toEqual({ theme: 'dark', textSize: 1.25 })
})

test.for([null, '', '{', 'null', '[]', '{"theme":"pink","textSize":"1"}', '{"textSize":99}'])(
  'what cannot be read (%s) is as if nothing was chosen',
  (text) => {
    expect(loadPreferences(storageOf(text))).toEqual({ theme: 'system', textSize: 1 })
  },
)

test('where nothing can be kept, nothing fails', () => {
  const full = {
    setItem: () => {
      throw new Error('QuotaExceededError')
    },
  }
  expect(() => savePreferences(full, { theme: 'dark', textSize: 1 })).not.toThrow()
})
