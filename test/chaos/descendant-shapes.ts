/** Shapes of descendants (test/fixtures/descendants), and whether a process really has the shape that it is named after. */
import { readFileSync, readlinkSync } from 'node:fs'
import { readProcess } from '../../src/runtime/process/process-table.ts'
import { bearsMark } from './worded-processes.ts'

type Trait =
  | 'orphan'
  | 'own-session'
  | 'own-group'
  | 'no-environment'
  | 'ignores-term'
  | 'holds-stdout'
  | 'stopped'

/** Each with all that sets it apart from a child in the foreground; null where it has no pid for long enough to look. */
const TRAITS = {
  plain: [],
  background: [],
  're-parented': ['orphan'],
  setsid: ['orphan', 'own-session'],
  'setsid-live-parent': ['own-session'],
  'double-fork': ['orphan', 'own-session'],
  'ignores-term': ['ignores-term'],
  'own-group': ['own-group'],
  'no-environment': ['orphan', 'own-session', 'no-environment'],
  'holds-stdout': ['holds-stdout'],
  're-forks': null,
  stopped: ['stopped'],
} as const satisfies Record<string, readonly Trait[] | null>

export type Shape = keyof typeof TRAITS
export const SHAPES = Object.keys(TRAITS) as Shape[]

/** @param turn the process, the agent that started it, and the session whose first turn it is */
export function hasShape(shape: Shape, turn: { pid: number; agent: number; id: string }): boolean {
  const wanted = TRAITS[shape]
  return wanted === null || traitsOf(turn).join() === wanted.join()
}

/** In the order of the type. */
function traitsOf({ pid, agent, id }: { pid: number; agent: number; id: string }): Trait[] {
  const row = readProcess(pid)
  const leader = readProcess(agent)
  if (row === null || leader === null) return []
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const ignored = Number.parseInt(/^SigIgn:\s+\S*(\S{4})$/m.exec(status)![1]!, 16)
  const traits: [Trait, boolean][] = [
    ['orphan', !bearsMark(row.parent, id, 1)],
    ['own-session', row.session !== leader.session],
    ['own-group', row.session === leader.session && row.group !== leader.group],
    ['no-environment', !bearsMark(pid, id, 1)],
    // SIGTERM is signal 15.
    ['ignores-term', (ignored & (1 << 14)) !== 0],
    ['holds-stdout', readlinkSync(`/proc/${pid}/fd/1`).startsWith('pipe:')],
    ['stopped', /^State:\s+T/m.test(status)],
  ]
  return traits.flatMap(([trait, has]) => (has ? [trait] : []))
}
