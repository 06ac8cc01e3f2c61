import { expect, test } from 'vitest'
import { decide } from './decide.ts'

const leads = (to: string, ...facts: string[]) => ({ facts, outcome: { to, does: [] } })

test('What is the same in any case needs no fact', () => {
  expect(decide([leads('idle', 'asking'), leads('idle')])).toEqual([{ to: 'idle', does: [] }])
})

test('The fact that all cases of an outcome share, and no other case, decides it; the rest is otherwise', () => {
  const found = [leads('idle', 'lost'), leads('busy', 'lost', 'asking'), leads('busy', 'asking')]
  expect(decide(found)).toEqual([
    { when: 'asking', to: 'busy', does: [] },
    { to: 'idle', does: [] },
  ])
})

test('A fact that other cases share as well decides nothing', () => {
  const found = [leads('idle', 'lost'), leads('busy', 'lost'), leads('gone', 'asking')]
  expect(decide(found)).toEqual([
    { when: 'lost', to: 'idle', does: [] },
    { when: 'lost', to: 'busy', does: [] },
    { when: 'asking', to: 'gone', does: [] },
  ])
})

test('Where no fact decides, all of them are told', () => {
  const found = [
    leads('idle', 'a', 'x'),
    leads('idle', 'b', 'y'),
    leads('busy', 'a', 'y'),
    leads('busy', 'b', 'x'),
  ]
  expect(decide(found).map(({ when }) => when)).toEqual(['a, x | b, y', 'a, y | b, x'])
})
