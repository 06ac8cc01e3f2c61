/** A disk without a byte left is no reason to lose anything, nor to need somebody's help once there is room again. */
import PQueue from 'p-queue'
import { MOMENTS, type Trial, type TrialResult, tryFullDisk } from '../disk-trial.ts'
import { mountSmallDisk } from '../full-disk.ts'
import type { Row } from '../row.ts'

const ROUNDS = { short: 1, full: 5 }
const AT_ONCE = 4

export const diskFull: Row = {
  name: 'disk-full',
  target:
    'a data directory of 1 MiB that is full: nothing acknowledged is lost, and all goes on when there is room',
  unavailable() {
    try {
      using _ = mountSmallDisk()
      return null
    } catch (error) {
      const why = /^mount: (.*)$/m.exec((error as Error).message)?.[1]
      return `a tmpfs cannot be mounted: ${why ?? error}`
    }
  },
  async run({ size, say }) {
    const trials = Array.from({ length: ROUNDS[size] }, () =>
      MOMENTS.flatMap((moment): Trial[] => [
        { moment, kill: false },
        { moment, kill: true },
      ]),
    ).flat()
    const results: TrialResult[] = []
    const misses: string[] = []
    const queue = new PQueue({ concurrency: AT_ONCE })
    for (const trial of trials)
      void queue.add(async () => {
        const name = `full at ${trial.moment}${trial.kill ? ', killed then' : ''}`
        const result = await tryFullDisk(trial).catch((error: Error) => error)
        if (!(result instanceof Error)) results.push(result)
        const found = result instanceof Error ? [result.message] : result.misses
        for (const miss of found) misses.push(`${name}: ${miss}`)
        say(`${name}: ${found.length === 0 ? 'recovered' : found.join('; ')}`)
      })
    await queue.onIdle()
    const restarts = results.filter(({ startedFull }) => startedFull !== null)
    const recovered = results.filter((result) => result.misses.length === 0).length
    const figure =
      `${recovered} of ${trials.length} turns recovered (full at ${MOMENTS.length} moments, each with and without kill -9); ` +
      `${restarts.filter(({ startedFull }) => startedFull).length} of ${restarts.length} servers started on the full disk`
    return { ok: misses.length === 0, figure, ...(misses.length > 0 && { details: misses }) }
  },
}
