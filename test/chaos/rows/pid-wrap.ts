/** Pids come round again, within seconds on a busy machine: whoever has a turn's pid by then is left alone. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { whyNoCgroup } from '../cgroups.ts'
import type { LaneResult } from '../pid-lane.ts'
import { SITUATIONS } from '../pid-situations.ts'
import type { Row, RowOptions } from '../row.ts'
import { within } from '../within.ts'

const LANE = resolve(import.meta.dirname, '../pid-lane.ts')
const NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child']
const ROUNDS = { short: 10, full: 50 }
const LANE_MS_MAX = { short: 120_000, full: 900_000 }

export const pidWrap: Row = {
  name: 'pid-wrap',
  target: '0 signals to a process that is not the turn’s, though it has the pid of one that was',
  unavailable() {
    const probe = 'echo 1000 >/proc/sys/kernel/ns_last_pid && perl -e "use POSIX"'
    const { status, error } = spawnSync('unshare', [...NAMESPACE, 'bash', '-c', probe])
    return status === 0
      ? null
      : `needs root, a pid namespace and perl (${error?.message ?? `exit ${status}`})`
  },
  async run({ size, say }) {
    const noCgroup = whyNoCgroup()
    const ways = noCgroup === null ? ['off', 'auto'] : ['off']
    const rounds = ROUNDS[size] / ways.length
    const lanes = await Promise.all(ways.map((way) => runLane(rounds, way, LANE_MS_MAX[size], say)))
    const sum = (of: 'turns' | 'inCgroups' | 'strangers' | 'signals') =>
      lanes.reduce((total, lane) => total + lane[of], 0)
    const misses = lanes.flatMap((lane) => lane.misses)
    const planned = ROUNDS[size] * SITUATIONS.length
    // Half of them, where there are two ways.
    const isSplit = sum('inCgroups') === planned - rounds * SITUATIONS.length
    const figure = [
      `${sum('signals')} signals to ${sum('strangers')} strangers with the pids of ${sum('turns')} of ${planned} turns`,
      `${SITUATIONS.length} situations, ${ROUNDS[size]} each; ${sum('inCgroups')} turns in a cgroup of their own`,
      ...(misses.length > 0 ? [`${misses.length} misses`] : []),
    ].join('; ')
    return {
      ok: misses.length === 0 && sum('turns') === planned && isSplit,
      figure,
      ...(misses.length > 0 && { details: misses }),
    }
  },
}

/** In a namespace whose first process waits for the children of others, as an init does; all of it ends with that. */
async function runLane(
  rounds: number,
  cgroup: string,
  msMax: number,
  say: RowOptions['say'],
): Promise<LaneResult> {
  // Of its own, since a lane that is killed removes nothing.
  const dir = await mkdtemp(join(tmpdir(), 'breakglass-lane-'))
  const lane = spawn(
    'unshare',
    [...NAMESPACE, 'bash', '-c', '"$@"; exit', 'init', process.execPath, LANE, String(rounds), cgroup],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: dir } },
  )
  createInterface({ input: lane.stderr }).on('line', say)
  try {
    const [output] = await within(
      msMax,
      `the lane with cgroup ${cgroup}`,
      Promise.all([text(lane.stdout), once(lane, 'exit')]),
    )
    return JSON.parse(output)
  } catch (error) {
    return {
      turns: 0,
      inCgroups: 0,
      strangers: 0,
      signals: 0,
      misses: [`cgroup ${cgroup}: ${(error as Error).message}`],
    }
  } finally {
    lane.kill('SIGKILL')
    await rm(dir, { recursive: true, force: true })
  }
}
