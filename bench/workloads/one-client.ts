/** One client, an agent that prints flat out: what it costs to have everything on disk first. */
import { TEXT_CHARS } from '../contestant.ts'
import type { Workload } from '../workload.ts'
import { BETTER_SSE, contestants, IN_MEMORY, PER_CHUNK } from './contestants.ts'
import { watchTurn } from './turn.ts'

const LINES = 20_000
const TIME = { figure: 'first printed to last received', unit: 'ms', digits: 0 }

export const oneClient: Workload = {
  name: 'one-client',
  title: `one client, ${LINES.toLocaleString('en')} lines flat out`,
  sides(size, short) {
    const lines = short ? LINES / 10 : LINES * size
    const baselines = size === 1 ? ([PER_CHUNK, BETTER_SSE, IN_MEMORY] as const) : ([PER_CHUNK] as const)
    return contestants([...baselines], async (contestant, context) => {
      const turn = await watchTurn(context, contestant, { clients: 1, lines, chars: TEXT_CHARS })
      return { [TIME.figure]: turn.endedAt - turn.printedAt, 'CPU, s': turn.cpuS }
    })
  },
  targets: [{ ...TIME, against: PER_CHUNK, atMost: 1.5 }],
}
