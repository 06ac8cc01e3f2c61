/** One turn, watched by some clients from before its beginning until each has its last line. */
import type { Contestant, Script } from '../contestant.ts'
import { beginTurn } from '../gate.ts'
import type { GroupResult } from '../load/protocol.ts'
import type { Context } from '../workload.ts'

/** @throws when a client missed an event, had one twice, or was cut off */
export async function watchTurn(
  { load }: Pick<Context, 'load'>,
  contestant: Contestant,
  { clients, latencies = false, ...script }: Script & { clients: number; latencies?: boolean },
): Promise<GroupResult & { cpuS: number }> {
  const { firstText: first, prompt, ...topic } = await contestant.open()
  const last = first + script.lines - 1
  const group = load.attach({ ...topic, clients, after: -1, first, last, latencies, reads: true })
  await group.attached
  const go = await beginTurn({ prompt }, script)
  const cpuBefore = contestant.process.cpuS()
  go()
  await group.done
  const cpuS = contestant.process.cpuS() - cpuBefore
  const result = await group.close()
  if (result.outOfOrder > 0 || result.dropped > 0)
    throw new Error(`${result.outOfOrder} events out of order, ${result.dropped} clients dropped`)
  return { ...result, cpuS }
}
