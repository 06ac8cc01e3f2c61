/** Many clients, an agent that says something now and then: how long a line takes from the agent to each of them. */
import { TEXT_CHARS } from '../contestant.ts'
import type { Workload } from '../workload.ts'
import { contestants, PER_CHUNK, PER_FRAME } from './contestants.ts'
import { watchTurn } from './turn.ts'

const CLIENTS = 100
const PER_SECOND = 200
const SECONDS = 10
const P50 = { figure: 'line → client, p50', unit: 'ms', digits: 2 }
const P99 = { figure: 'line → client, p99', unit: 'ms', digits: 2 }

export const latency: Workload = {
  name: 'latency',
  title: `${CLIENTS} clients at ${PER_SECOND} events/s`,
  sides(size, short) {
    if (size === 100) return { notDone: '2,000,000 deliveries/s are more than the floor can do here' }
    const perSecond = PER_SECOND * size
    const lines = perSecond * (short ? 1 : SECONDS)
    return contestants([PER_CHUNK, PER_FRAME], async (contestant, context) => {
      const script = { lines, chars: TEXT_CHARS, perSecond }
      const turn = await watchTurn(context, contestant, { clients: CLIENTS, latencies: true, ...script })
      const { p50, p99, max } = turn.latencyMs!
      return { [P50.figure]: p50, [P99.figure]: p99, worst: max, 'CPU, s': turn.cpuS }
    })
  },
  targets: [
    { ...P50, against: PER_CHUNK, atMost: 1.5 },
    { ...P99, against: PER_CHUNK, atMost: 1.5 },
  ],
}
