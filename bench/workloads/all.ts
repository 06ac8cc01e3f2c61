/** All workloads, in the order of the README's table. */
import type { Workload } from '../workload.ts'
import { fanOut100, fanOut1000 } from './fan-out.ts'

export const WORKLOADS: Workload[] = [fanOut100, fanOut1000]
