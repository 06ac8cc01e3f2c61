/** One turn that leaves one shape of descendant behind: how long its end takes, what is alive then, what the log says. */
import { execFileSync } from 'node:child_process'
import { constants, readFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { checkLog } from '../../src/verify/check-log.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import type { TestServer } from '../support/server.ts'
import { cgroupOf } from './cgroups.ts'
import { hasShape, type Shape } from './descendant-shapes.ts'
import { readTurnPids } from './turn-pids.ts'
import { HANG_MS, until, within } from './within.ts'
import { killAll, livingOf, livingWith } from './worded-processes.ts'

const PROGRAM = resolve(import.meta.dirname, '../fixtures/descendants/shapes.bash')
const REPORTS = ['survivors', 'left_behind', 'maybe_left_behind']

/** `alive`: the turn is cancelled. `gone`: the agent leaves, and nobody stops it. */
export type Cell = { shape: Shape; agent: 'alive' | 'gone'; cgroup: boolean }

export type CellResult = Cell & {
  /** From the cancel, or from the word that lets the agent go, to the turn's end. */
  tookMs: number
  /** Processes of the turn that ran when its end was read. */
  survivors: number
  /** How many of them the log names by pid. */
  named: number
  /** What `turn_end` says. */
  reported: number
  outcome: string
  exitCode: number | null
  ownCgroup: boolean
  violations: string[]
}

export async function runCell(server: TestServer, cell: Cell): Promise<CellResult> {
  const dir = await mkdtemp(join(tmpdir(), 'breakglass-descendants-'))
  // The name of its own directory: unique on this machine.
  const word = dir.slice(dir.lastIndexOf('/') + 1)
  execFileSync('mkfifo', [join(dir, 'gate'), join(dir, 'never')])
  // For both: neither side's open waits for the other's.
  const gate = await open(join(dir, 'gate'), constants.O_RDWR | constants.O_NONBLOCK)
  const { id } = await server.open({ agent: 'shell' })
  try {
    const ended = untilTurnEnd(server.eventsUrl(id), server.token())
    await server.prompt(id, `source '${PROGRAM}' ${cell.shape} ${word} '${dir}'`)
    const { agent } = await readTurnPids(server, id)
    let leaf: number | null = null
    await until(HANG_MS, `${cell.shape} in its shape`, () => {
      leaf = pidIn(join(dir, 'leaf'))
      return leaf !== null && hasShape(cell.shape, { pid: leaf, agent, id })
    })
    const group = cgroupOf(livingWith(word)[0] ?? leaf!)

    const startedAt = performance.now()
    if (cell.agent === 'gone') await gate.write('go\n')
    else await server.post(`/api/sessions/${id}/cancel`)
    const { frames } = await within(HANG_MS, `the end of ${cell.shape}`, ended)
    const tookMs = Math.round(performance.now() - startedAt)
    const living = livingWith(word)
    const marked = livingOf(id, 1)

    const events = frames.flatMap((frame) => (frame.id === undefined ? [] : frame.data))
    const notices = events.filter(({ kind, code }) => kind === 'notice' && REPORTS.includes(code))
    const names = (pid: number) => notices.some(({ text }) => new RegExp(`\\b${pid}\\b`).test(text))
    const end = events.at(-1)
    return {
      ...cell,
      ...{ tookMs, survivors: new Set([...living, ...marked]).size, named: living.filter(names).length },
      ...{ reported: end.survivors, outcome: end.outcome, exitCode: end.exitCode },
      ownCgroup: group !== null && group !== cgroupOf(server.pid),
      violations: checkLog(events),
    }
  } finally {
    await killAll(cell.shape, () => livingWith(word))
    await gate.close()
    await rm(dir, { recursive: true, force: true })
    await server.request('DELETE', `/api/sessions/${id}`)
  }
}

function pidIn(path: string): number | null {
  try {
    return Number(/^(\d+)\n$/.exec(readFileSync(path, 'utf8'))?.[1]) || null
  } catch {
    return null
  }
}
