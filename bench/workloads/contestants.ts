/** Sides that are servers: breakglass and the baselines, each in a process of its own, doing the same. */
import { type BaselineName, startBaseline } from '../baselines/start.ts'
import type { Contestant } from '../contestant.ts'
import { startOurs } from '../ours.ts'
import type { Context, Sample, Side } from '../workload.ts'

const OURS = 'breakglass'
export const PER_CHUNK = 'floor, a write per chunk'
export const PER_FRAME = 'floor, a write per frame'
export const BETTER_SSE = 'better-sse'
export const IN_MEMORY = 'in-memory port'

type Run = (contestant: Contestant, context: Context) => Promise<Sample>

const sideOf = (name: string, start: (context: Context) => Promise<Contestant>, run: Run): Side => ({
  name,
  async open(context) {
    const contestant = await start(context)
    return { run: () => run(contestant, context), close: contestant.close }
  },
})

/** @param env settings of ours */
export const contestants = (
  baselines: BaselineName[],
  run: Run,
  env: Record<string, string> = {},
): Side[] => [
  sideOf(OURS, ({ profileDir }) => startOurs({ profileDir, env }), run),
  ...baselines.map((name) => sideOf(name, ({ profileDir }) => startBaseline(name, { profileDir }), run)),
]
