import { expect, test } from 'vitest'
import { findRows } from '../../../src/web/inspect/find-rows.ts'

const row = (...events: string[]) => ({ events, outcomes: [{ does: ['something'] }] })
const TABLE = [
  { id: 'm.idle', name: 'idle', rows: [row('PROMPT'), row('ADOPT')], ignored: ['CANCEL', 'process lost'] },
  { id: 'm.turn', name: 'turn', rows: [row('CANCEL', 'process lost'), row('OUTPUT')], ignored: ['PROMPT'] },
  { id: 'm.ended', name: 'ended', rows: [], ignored: [] },
]

test('A part of a name finds its event in every state, whether something comes of it or not', () => {
  expect(findRows(TABLE, ' cancel')).toEqual([
    { id: 'm.idle', name: 'idle', rows: [], ignored: ['CANCEL'] },
    { id: 'm.turn', name: 'turn', rows: [row('CANCEL', 'process lost')], ignored: [] },
  ])
})

test('States that do not know such an event are left out', () => {
  expect(findRows(TABLE, 'output').map(({ name }) => name)).toEqual(['turn'])
  expect(findRows(TABLE, 'nonsense')).toEqual([])
})

test('Nothing finds everything, states that hear nothing among it', () => {
  expect(findRows(TABLE, ' ')).toEqual(TABLE)
})
