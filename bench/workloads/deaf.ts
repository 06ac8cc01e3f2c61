/** Clients that never read, while much is said: whether anybody else notices, and what becomes of them. */
import { beginTurn } from '../gate.ts'
import { startOurs } from '../ours.ts'
import type { Sample, Side, Workload } from '../workload.ts'

const DEAF = 50
const READERS = 10
const CHARS = 3_000
const PER_SECOND = 3_000
const BYTES = 1e9
const WITHOUT = 'without them'
const P99 = { figure: "the others' p99", unit: 'ms', digits: 1 }
const EACH = { figure: 'memory for each', unit: 'MiB', digits: 2 }
const LEFT = { figure: 'attached at the end', unit: '', digits: 0 }

const side = (name: string, deaf: number, bytes: number): Side => ({
  name,
  async open({ load, profileDir }) {
    const server = await startOurs({ profileDir })
    const streams = async (): Promise<number> =>
      Number(/^breakglass_streams (\d+)/m.exec(await (await server.ask('GET', '/metrics')).text())![1])
    const run = async (): Promise<Sample> => {
      const { firstText: first, prompt, ...topic } = await server.open()
      const lines = Math.round(bytes / CHARS)
      const common = { ...topic, after: -1, first, last: first + lines - 1 }
      const readers = load.attach({ ...common, clients: READERS, latencies: true, reads: true })
      await readers.attached
      const deafs =
        deaf === 0 ? null : load.attach({ ...common, clients: deaf, latencies: false, reads: false })
      await deafs?.attached
      const go = await beginTurn({ prompt }, { lines, chars: CHARS, perSecond: PER_SECOND })
      await server.process.collect()
      const rssBefore = server.process.rssKiB()
      go()
      await readers.done
      const grown = server.process.peakRssKiB() - rssBefore
      const left = (await streams()) - READERS
      const { latencyMs } = await readers.close()
      if (deafs !== null) {
        deafs.comeBack()
        await deafs.done
        const { outOfOrder } = await deafs.close()
        if (outOfOrder > 0) throw new Error(`${outOfOrder} events out of order for those who came back`)
      }
      return {
        [P99.figure]: latencyMs!.p99,
        p50: latencyMs!.p50,
        [LEFT.figure]: left,
        ...(deaf > 0 && { [EACH.figure]: grown / 1024 / deaf }),
      }
    }
    return { run, close: server.close }
  },
})

export const deaf: Workload = {
  name: 'deaf',
  title: `${DEAF} clients that never read, 1 GB of events`,
  sides(size, short) {
    if (size > 1) return { notDone: 'hours' }
    const bytes = short ? BYTES / 50 : BYTES
    return [side('breakglass', DEAF, bytes), side(WITHOUT, 0, bytes)]
  },
  targets: [
    { ...P99, against: WITHOUT, atMost: 1.2 },
    { ...EACH, atMost: 1 },
    { ...LEFT, atMost: 0 },
  ],
  warmUps: 0,
  runsMax: 1,
}
