/** All mutants. */
import { CLIENT } from './client.ts'
import { INSPECTOR } from './inspector.ts'
import { LIVES } from './lives.ts'
import { LOG } from './log.ts'
import { MACHINES } from './machines.ts'
import type { Mutant } from './mutant.ts'
import { QUEUES } from './queue.ts'
import { SERVERS } from './servers.ts'
import { WORLD } from './world.ts'

export const MUTANTS: readonly Mutant[] = [
  ...MACHINES,
  ...QUEUES,
  ...LOG,
  ...CLIENT,
  ...INSPECTOR,
  ...SERVERS,
  ...WORLD,
  ...LIVES,
]
