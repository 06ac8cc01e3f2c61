import { expect, test } from 'vitest'
import { eventLabel, offsetLabel, stateLabel } from '../../../src/web/inspect/labels.ts'

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
])('%i ms after the first step is %s', (ms, text) => expect(offsetLabel(ms)).toBe(text))
