/** What one start of an agent is made of. */
import type { Launch } from '../agents/agent.ts'
import type { ReachFailPoint } from '../fail-points.ts'
import type { Pace } from './pace.ts'

export type RunOptions = {
  dir: string
  /** Where the run's cgroup is to be made, and its name; without a parent it has none. */
  cgroup: { parent: string | null; name: string }
  /** `BREAKGLASS_TURN` of everything that the run starts. */
  turnName: string
  launch: Launch
  cwd: string
  env: Record<string, string>
  failPoint: ReachFailPoint
  pace: Pace
}
