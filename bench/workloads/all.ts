/** All workloads, in the order of the README's table. */
import type { Workload } from '../workload.ts'
import { crowd } from './crowd.ts'
import { deaf } from './deaf.ts'
import { fanOut100, fanOut1000 } from './fan-out.ts'
import { inspectionOff, inspectionOn } from './inspection.ts'
import { latency } from './latency.ts'
import { memoryOfClients, memoryOfEvents, memoryOfSessions } from './memory.ts'
import { oneClient } from './one-client.ts'
import { paging } from './paging.ts'
import { replay1, replay20 } from './replay.ts'
import { start } from './start.ts'
import { tail } from './tail.ts'
import { turns } from './turns.ts'

export const WORKLOADS: Workload[] = [
  ...[fanOut100, fanOut1000, latency, oneClient, replay1, replay20, tail, paging],
  ...[memoryOfClients, memoryOfSessions, memoryOfEvents, start, crowd, deaf, turns],
  ...[inspectionOff, inspectionOn],
]
