/** Whatever an agent starts, in whichever way: nothing of it outlives the turn, or the log says so. */
import PQueue from 'p-queue'
import { whyNoCgroup } from '../cgroups.ts'
import { type Cell, type CellResult, runCell } from '../descendant-cell.ts'
import { SHAPES } from '../descendant-shapes.ts'
import type { Row, RowResult } from '../row.ts'
import { startSureServer } from '../sure-server.ts'

const GRACE_MS = 1_000
const AT_ONCE = 4
const ROUNDS = { short: 1, full: 10 }

export const descendants: Row = {
  name: 'descendants',
  target:
    '12 shapes of descendants: 0 survive with a cgroup; without, at most those without environment, and named',
  unavailable: () => (process.platform === 'linux' ? null : 'looks at /proc'),
  async run({ size, say }) {
    const noCgroup = whyNoCgroup()
    const results: CellResult[] = []
    const failures: string[] = []
    for (const cgroup of noCgroup === null ? [true, false] : [false]) {
      await using sure = await startSureServer({
        BREAKGLASS_CGROUP: cgroup ? 'auto' : 'off',
        BREAKGLASS_LEFTOVERS: 'kill',
        BREAKGLASS_LEFTOVERS_STOPPED: 'kill',
        BREAKGLASS_KILL_GRACE_S: String(GRACE_MS / 1_000),
      })
      const queue = new PQueue({ concurrency: AT_ONCE })
      for (let round = 0; round < ROUNDS[size]; round++)
        for (const shape of SHAPES)
          for (const agent of ['alive', 'gone'] as const)
            void queue.add(async () => {
              const cell = { shape, agent, cgroup }
              try {
                const result = await runCell(sure.server, cell)
                say(`${nameOf(cell)}: ${result.survivors} survive, over after ${result.tookMs} ms`)
                results.push(result)
              } catch (error) {
                failures.push(`${nameOf(cell)}: ${(error as Error).message}`)
              }
            })
      await queue.onIdle()
    }
    return judge(results, failures, noCgroup)
  },
}

const nameOf = ({ shape, agent, cgroup }: Cell): string =>
  `${shape}, agent ${agent}, ${cgroup ? 'cgroup' : 'no cgroup'}`

/** What is wrong with a turn; empty when nothing is. */
function missesOf(result: CellResult): string[] {
  const { shape, agent, survivors, named, reported, tookMs } = result
  const isHidden = shape === 'no-environment' && !result.cgroup
  const exitCode = shape === 'plain' ? 137 : 0
  const outcome = agent === 'alive' ? 'cancelled' : shape === 'plain' ? 'failed' : 'completed'
  return [
    ...(survivors > 0 && !isHidden ? [`${survivors} survive`] : []),
    ...(named < survivors ? [`${survivors} survive, ${named} are named`] : []),
    ...(reported < survivors ? [`${survivors} survive, turn_end says ${reported}`] : []),
    ...(tookMs > GRACE_MS + 1_000 ? [`took ${tookMs} ms`] : []),
    ...(result.outcome !== outcome ? [`ended as ${result.outcome}`] : []),
    ...(agent === 'gone' && result.exitCode !== exitCode ? [`exit code ${result.exitCode}`] : []),
    ...(result.ownCgroup !== result.cgroup ? [`${result.cgroup ? 'no' : 'a'} cgroup of its own`] : []),
    ...result.violations,
  ]
}

function judge(results: CellResult[], failures: string[], noCgroup: string | null): RowResult {
  const total = (cells: CellResult[], of: 'survivors' | 'named') =>
    cells.reduce((sum, cell) => sum + cell[of], 0)
  const others = results.filter(({ cgroup }) => !cgroup)
  const hidden = others.filter(({ shape }) => shape === 'no-environment')
  const misses = results.flatMap((result) => missesOf(result).map((miss) => `${nameOf(result)}: ${miss}`))
  const tried = new Set(results.map(nameOf)).size
  const all = SHAPES.length * 4
  const withCgroup = total(results, 'survivors') - total(others, 'survivors')
  const figure = [
    `${results.length} turns in ${tried} of ${all} cells`,
    noCgroup === null ? `with a cgroup ${withCgroup} survive` : `${all / 2} cells left out (${noCgroup})`,
    `without one ${total(others, 'survivors')}: ${total(hidden, 'survivors')} without environment, ` +
      `${total(hidden, 'named')} of these named in the log`,
    `slowest end ${Math.max(...results.map(({ tookMs }) => tookMs))} of ${GRACE_MS + 1_000} ms`,
    `${misses.length + failures.length} misses`,
  ]
  const ok = misses.length + failures.length === 0
  return { ok, figure: figure.join('; '), ...(!ok && { details: [...failures, ...misses] }) }
}
