/** Paging back through a long log, as somebody does who looks for what happened last night. */
import type { Workload } from '../workload.ts'
import { overLogs } from './seeded.ts'

const EVENTS = 1_000_000
const PAGE = 1_000
const SPREAD = { figure: 'slowest tenth of the log by the first', unit: '×', digits: 2 }

const median = (all: number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1]!

export const paging: Workload = {
  name: 'paging',
  title: 'paging back through 10⁶ events',
  sides(size, short) {
    if (size > 1) return { notDone: 'it is about one size' }
    const events = short ? EVENTS / 10 : EVENTS
    return [
      overLogs([events], async ({ server, ids }) => {
        const tookMs: number[] = []
        for (let after = events - 1 - PAGE; after >= -1; after -= PAGE) {
          const startedAt = performance.now()
          const path = `/api/sessions/${ids[0]}/events?limit=${PAGE}&after=${after}`
          const page = await server.ask('GET', after < 0 ? path.replace(/&after.*/, '') : path)
          await page.arrayBuffer()
          tookMs.push(performance.now() - startedAt)
        }
        const tenth = tookMs.length / 10
        const tenths = Array.from({ length: 10 }, (_, i) => median(tookMs.slice(i * tenth, (i + 1) * tenth)))
        return {
          [SPREAD.figure]: Math.max(...tenths) / tenths[0]!,
          'first tenth, ms': tenths[0]!,
          'last tenth, ms': tenths[9]!,
        }
      }),
    ]
  },
  targets: [{ ...SPREAD, atMost: 1.2 }],
}
