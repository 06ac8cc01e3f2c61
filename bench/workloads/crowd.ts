/** Thousands of clients for a minute. */
import { TEXT_CHARS } from '../contestant.ts'
import type { Workload } from '../workload.ts'
import { contestants, PER_CHUNK } from './contestants.ts'
import { watchTurn } from './turn.ts'

const CLIENTS = 5_000
const PER_SECOND = 20
const SECONDS = 60
const P99 = { figure: 'line → client, p99', unit: 'ms', digits: 0 }
const RSS = { figure: 'RSS at its peak', unit: 'MB', digits: 0 }

export const crowd: Workload = {
  name: 'crowd',
  title: `${CLIENTS.toLocaleString('en')} clients, ${PER_SECOND} events/s for a minute, all in order`,
  sides(size, short) {
    if (size > 1) return { notDone: 'more sockets than a server takes' }
    const clients = short ? CLIENTS / 10 : CLIENTS
    const script = { lines: PER_SECOND * (short ? 2 : SECONDS), chars: TEXT_CHARS, perSecond: PER_SECOND }
    return contestants([PER_CHUNK], async (contestant, context) => {
      const turn = await watchTurn(context, contestant, { clients, latencies: true, ...script })
      const { p50, p99, max } = turn.latencyMs!
      return {
        ...{ [P99.figure]: p99, p50, worst: max, 'CPU, s': turn.cpuS },
        [RSS.figure]: (contestant.process.peakRssKiB() * 1024) / 1e6,
      }
    })
  },
  targets: [
    { ...P99, atMost: 1_000 },
    { ...RSS, atMost: 200 },
  ],
  warmUps: 0,
  runsMax: 1,
}
