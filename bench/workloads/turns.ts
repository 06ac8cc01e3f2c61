/** Many turns at once, each with a session and a client of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { TEXT_CHARS } from '../contestant.ts'
import { beginTurn } from '../gate.ts'
import { startOurs } from '../ours.ts'
import type { Workload } from '../workload.ts'

const TURNS = 50
const PER_SECOND = 100
const SECONDS = 10
const P99 = { figure: 'line → client, p99', unit: 'ms', digits: 1 }

export const turns: Workload = {
  name: 'turns',
  title: `${TURNS} turns at once at ${PER_SECOND} lines/s each`,
  sides(size, short) {
    if (size > 1) return { notDone: 'the agents alone would be more than this machine can do' }
    const lines = PER_SECOND * (short ? 1 : SECONDS)
    const count = short ? TURNS / 10 : TURNS
    return [
      {
        name: 'breakglass',
        async open({ load, profileDir }) {
          const server = await startOurs({ profileDir, env: { BREAKGLASS_MAX_TURNS: String(TURNS) } })
          return {
            async run() {
              const topics = await Promise.all(Array.from({ length: count }, server.open))
              const groups = topics.map(({ firstText: first, prompt: _, ...topic }) => {
                const ids = { after: -1, first, last: first + lines - 1 }
                return load.attach({ ...topic, ...ids, clients: 1, latencies: true, reads: true })
              })
              for (const { attached } of groups) await attached
              const script = { lines, chars: TEXT_CHARS, perSecond: PER_SECOND }
              const letGo = await Promise.all(topics.map((topic) => beginTurn(topic, script)))
              const cpuBefore = server.process.cpuS()
              // Not in step: fifty copies of one program that do the same at the same instant are no fifty agents.
              for (const go of letGo) {
                go()
                await sleep(1_000 / count)
              }
              for (const { done } of groups) await done
              const cpuS = server.process.cpuS() - cpuBefore
              const results = await Promise.all(groups.map(({ close }) => close()))
              const worst = (of: 'p50' | 'p99' | 'max'): number =>
                Math.max(...results.map(({ latencyMs }) => latencyMs![of]))
              return { [P99.figure]: worst('p99'), p50: worst('p50'), worst: worst('max'), 'CPU, s': cpuS }
            },
            close: server.close,
          }
        },
      },
    ]
  },
  targets: [{ ...P99, atMost: 50 }],
  warmUps: 0,
  runsMax: 3,
}
