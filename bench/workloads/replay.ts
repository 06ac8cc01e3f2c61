/** Clients that come without a cursor: the whole log, from disk, against a floor that has it in memory as it was sent. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../../src/runtime/limits.ts'
import { TEXT_CHARS } from '../contestant.ts'
import type { Side, Workload } from '../workload.ts'
import { contestants, PER_CHUNK } from './contestants.ts'
import { watchTurn } from './turn.ts'

const EVENTS = 20_000
const RATE = { figure: 'events per second', unit: '/s', digits: 0 }

/** A run without its own turn: that is played once, before the first. */
function replaySides(clients: number, lines: number): Side[] {
  const played = new Map<unknown, Parameters<Parameters<typeof contestants>[1]>[0]['open']>()
  return contestants([PER_CHUNK], async (contestant, context) => {
    let open = played.get(contestant)
    if (open === undefined) {
      const topic = await contestant.open()
      open = async () => topic
      played.set(contestant, open)
      await watchTurn(context, { ...contestant, open }, { clients: 1, lines, chars: TEXT_CHARS })
    }
    const { firstText: first, prompt: _, ...topic } = await open()
    const last = first + lines - 1
    // What the run before this one had read from disk is not to be there any more.
    await sleep(LIMITS.sharedPagesMs + 200)
    const cpuBefore = contestant.process.cpuS()
    const group = context.load.attach({
      ...topic,
      clients,
      after: -1,
      first,
      last,
      latencies: false,
      reads: true,
    })
    await group.done
    const cpuS = contestant.process.cpuS() - cpuBefore
    const { connectingAt, endedAt, outOfOrder } = await group.close()
    if (outOfOrder > 0) throw new Error(`${outOfOrder} events out of order`)
    return { [RATE.figure]: (clients * lines) / ((endedAt - connectingAt) / 1_000), 'CPU, s': cpuS }
  })
}

const replay = (clients: number): Workload => ({
  name: `replay-${clients}`,
  title: `replay of ${EVENTS.toLocaleString('en')} events to ${clients}`,
  sides: (size, short) => replaySides(clients, short ? EVENTS / 10 : EVENTS * size),
  targets: [{ ...RATE, against: PER_CHUNK, atLeast: 1 }],
  warmUps: 2,
})

export const replay1 = replay(1)
export const replay20 = replay(20)
