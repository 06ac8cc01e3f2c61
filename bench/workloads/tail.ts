/** A client that comes back to the end of a log: it must not matter how long that is. */
import type { Workload } from '../workload.ts'
import { overLogs } from './seeded.ts'

const MISSED = 20
const TIMES = 100
const SPREAD = { figure: 'slowest log by fastest', unit: '×', digits: 2 }

const median = (all: number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1]!

export const tail: Workload = {
  name: 'tail',
  title: `re-attach at the tail of a log of 10³ to 10⁶ events, ${MISSED} missed`,
  sides(size, short) {
    if (size > 1) return { notDone: 'its sizes are in it' }
    const sizes = short ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]
    return [
      overLogs(sizes, async ({ server, ids, context: { load } }) => {
        const tookMs = sizes.map(() => [] as number[])
        // By turns, one client at a time.
        for (let round = 0; round < TIMES; round++)
          for (const [which, events] of sizes.entries()) {
            const { prompt: _, firstText: __, ...topic } = server.topicOf(ids[which]!)
            const last = events - 1
            const some = { clients: 1, first: last, latencies: false, reads: true }
            const group = load.attach({ ...topic, ...some, after: last - MISSED, last })
            tookMs[which]!.push(await group.attached)
            await group.close()
          }
        const medians = tookMs.map(median)
        return {
          [SPREAD.figure]: Math.max(...medians) / Math.min(...medians),
          ...Object.fromEntries(sizes.map((events, which) => [`${events} events, ms`, medians[which]!])),
        }
      }),
    ]
  },
  targets: [{ ...SPREAD, atMost: 1.2 }],
}
