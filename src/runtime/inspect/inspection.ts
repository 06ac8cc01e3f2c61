/** The inspection of one session that is switched on: its newest steps, and who waits for the next. */
import type { AnyActorRef } from 'xstate'
import type { InspectedProcess, Inspection, ProcessLook, Step } from '../../machines/inspection.ts'
import { LIMITS } from '../limits.ts'
import { describeActors } from './actor-tree.ts'
import { createRing } from './ring.ts'
import { followSteps } from './steps.ts'

/** What of a session is inspected. */
export type Inspectable = {
  actor: AnyActorRef
  /** The newest event of its log, and the turn it is in. */
  newest: () => { eventId: number; turn: number }
  /** What runs for its turn. */
  processes: (bodies: boolean) => InspectedProcess[]
}

/** What it knows of itself. */
export type InspectionView = Omit<Inspection, 'serverStartedAt'>

export type OpenInspection = ReturnType<typeof openInspection>

/**
 * @param deps.onSteps told when there are more
 * @param deps.onLook told when another look at the processes is due
 */
export function openInspection(
  session: Inspectable,
  bodies: boolean,
  deps: {
    now: () => Date
    onSteps: () => void
    onLook: () => void
    onStop: () => void
    onFault: (error: unknown) => void
  },
) {
  const ring = createRing({ itemsMax: LIMITS.inspectedStepsMax, bytesMax: LIMITS.inspectedBytesMax })
  const keep = (steps: Omit<Step, 'seq'>[]): void => {
    for (const step of steps) ring.add(JSON.stringify({ seq: ring.nextSeq, ...step }))
    deps.onSteps()
  }
  let look: ProcessLook | null = null
  const nextLook = setInterval(() => {
    look = null
    try {
      deps.onLook()
    } catch (error) {
      deps.onFault(error)
    }
  }, LIMITS.inspectedProcessesMs).unref()
  const stop = followSteps({ ...deps, root: session.actor, newest: session.newest, bodies, take: keep })
  return {
    /** The JSON of each step from `seq` on, as far as they are kept. */
    stepsFrom: ring.from,
    get nextSeq(): number {
      return ring.nextSeq
    },
    /** What runs for its turn. Whoever asks first looks for all who ask until the next look is due; nobody does for nobody. */
    look(): ProcessLook {
      look ??= { at: deps.now().toISOString(), processes: session.processes(bodies) }
      return look
    },
    view: (): InspectionView => ({
      ...{ on: true, bodies, firstSeq: ring.firstSeq, nextSeq: ring.nextSeq },
      actors: describeActors(session.actor, bodies),
    }),
    stop(): void {
      clearInterval(nextLook)
      stop()
      deps.onStop()
    },
  }
}

/** How it stands with one that is off. */
export const NO_INSPECTION: InspectionView = {
  ...{ on: false, bodies: false, firstSeq: 0, nextSeq: 0, actors: [] },
}
