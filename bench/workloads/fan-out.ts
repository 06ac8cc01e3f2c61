/** Many clients, an agent that prints flat out: what it takes to send everything to everybody. */
import { TEXT_CHARS } from '../contestant.ts'
import type { Workload } from '../workload.ts'
import { BETTER_SSE, contestants, IN_MEMORY, PER_CHUNK, PER_FRAME } from './contestants.ts'
import { watchTurn } from './turn.ts'

const RATE = { figure: 'deliveries per second', unit: '/s', digits: 0 }
const CPU = { figure: 'CPU', unit: 's', digits: 3 }

const fanOut = (clients: number, events: number): Workload => ({
  name: `fan-out-${clients}`,
  title: `${clients.toLocaleString('en')} clients, ${events.toLocaleString('en')} events flat out`,
  sides(size, short) {
    const lines = short ? events / 10 : events * size
    // The slow ones would take minutes, and what they cost per event is known by then.
    const baselines =
      size === 1 ? ([PER_CHUNK, PER_FRAME, BETTER_SSE, IN_MEMORY] as const) : ([PER_CHUNK] as const)
    return contestants([...baselines], async (contestant, context) => {
      const turn = await watchTurn(context, contestant, { clients, lines, chars: TEXT_CHARS })
      return {
        [RATE.figure]: (clients * lines) / ((turn.endedAt - turn.printedAt) / 1_000),
        [CPU.figure]: turn.cpuS,
      }
    })
  },
  targets: [
    { ...RATE, against: PER_CHUNK, atLeast: 1 },
    { ...RATE, against: BETTER_SSE, atLeast: 8 },
    { ...RATE, against: IN_MEMORY, atLeast: 8 },
    { ...CPU, against: PER_CHUNK, atMost: 1.1 },
  ],
  warmUps: 2,
})

export const fanOut100 = fanOut(100, 2_000)
export const fanOut1000 = fanOut(1_000, 500)
