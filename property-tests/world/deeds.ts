/** What an agent can do. */
import type { SimulatedAgent } from './agents.ts'

export const LONG = 'long '.repeat(60)
export const DEEDS = {
  write: (agent: SimulatedAgent, words: string) => agent.write(words),
  pour(agent: SimulatedAgent) {
    for (let blocks = 0; blocks < 6; blocks++) {
      agent.write(LONG)
      agent.finishBlock()
    }
  },
  finishBlock: (agent: SimulatedAgent) => agent.finishBlock(),
  ask: (agent: SimulatedAgent) => agent.ask(),
  takeBack: (agent: SimulatedAgent) => agent.takeBack(),
  conclude: (agent: SimulatedAgent) => agent.conclude(),
  complain: (agent: SimulatedAgent) => agent.conclude(true),
  leave: (agent: SimulatedAgent) => agent.leave(0),
  fail: (agent: SimulatedAgent) => agent.leave(3),
}
