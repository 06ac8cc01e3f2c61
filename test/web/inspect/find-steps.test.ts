import { expect, test } from 'vitest'
import { findSteps } from '../../../src/web/inspect/find-steps.ts'
import { step } from './state/steps.ts'

const STEPS = [
  step(0, { to: 'session', event: { type: 'PROMPT', text: 'Why?' }, after: ['session.turn'] }),
  step(1, { to: 'session', from: 'process', actions: ['emit'], taken: ['session.turn/OUTPUT/0'] }),
  step(2, { to: 'process', after: ['process', 'process.stopping', 'process.stopping.interrupting'] }),
  step(3, { to: 'process', actions: ['spawnChild'], before: ['process', 'process.stopping'] }),
]

test.each<[string, number[]]>([
  ['', [0, 1, 2, 3]],
  [' why? ', [0]],
  ['process', [1, 2, 3]],
  ['outside process', [2, 3]],
  ['stopping', [2, 3]],
  ['INTERRUPTING', [2]],
  ['spawnChild', [3]],
  ['emit', [1]],
  ['takeOutput', [1]],
  ['nonsense', []],
])('the words “%s” are in the steps %j', (filter, found) => expect(findSteps(STEPS, filter)).toEqual(found))
