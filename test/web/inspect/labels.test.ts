import { expect, test } from 'vitest'
import {
  eventLabel,
  offsetLabel,
  playedLabel,
  stateLabel,
  stepLabel,
} from '../../../src/web/inspect/labels.ts'

test.each([
  ['PROMPT', 'PROMPT'],
  ['xstate.after.turnTimeout.process.active.working', 'after turnTimeout'],
  ['xstate.done.actor.process', 'process done'],
  ['xstate.error.actor.port', 'port fails'],
  ['xstate.init', 'starts'],
  ['xstate.weather', 'xstate.weather'],
])('%s is called %s', (type, label) => expect(eventLabel(type)).toBe(label))

test('a state is called by where it is in its machine, and none by nothing', () => {
  expect(stateLabel(['process.active', 'process.active.asking'])).toBe('active.asking')
  expect(stateLabel([])).toBeNull()
})

test.each([
  [0, '+0.000'],
  [1_234, '+1.234'],
  [62_345, '+1:02.3'],
  [-5, '−0.005'],
  [Number.NaN, '?'],
])('%i ms after the first step is %s', (ms, text) => expect(offsetLabel(ms)).toBe(text))

test.each([
  [{ type: 'OUTPUT', records: [{ kind: 'text' }] }, 'OUTPUT text'],
  [{ type: 'OUTPUT', records: [{ kind: 'text' }, { kind: 'result' }] }, 'OUTPUT 2 records'],
  [{ type: 'OUTPUT', records: [] }, 'OUTPUT'],
  [{ type: 'STOP' }, 'STOP'],
])('a step says what was said: %j', (event, label) => expect(stepLabel(event)).toBe(label))

test('what was played is said in tenths as long as these count', () => {
  expect([340, 59_900, 62_000].map(playedLabel)).toEqual(['0.3 s', '59.9 s', '1:02'])
})
