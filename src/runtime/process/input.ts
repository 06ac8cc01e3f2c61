/**
 * What is said to an agent after its prompt. It is on record before it is said, together with its place in the agent's
 * `in` file: to say it once more, after a crash, is to write the same bytes to the same place.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReachFailPoint } from '../fail-points.ts'
import type { Host } from './host.ts'

/** What is on record and may not be in the file yet. `at` is its offset there. */
export type Unsaid = { at: number; text: string }

export type InputDeps = {
  host: Pick<Host, 'inputBytes' | 'writeInput'>
  runDir(): string
  /** Has `unsaid` stored soon, with all that was told in the same step. */
  record(): void
  /** Fulfilled when it is stored. */
  durable(): Promise<void>
  isDetached(): boolean
  failPoint: ReachFailPoint
  onFault(error: unknown): void
  /** Between two tries to write what there is no room for. */
  retryMs: number
}

/** @param before what the server before this one may not have said */
export function createInput(deps: InputDeps, before: Unsaid | null) {
  let unsaid = before
  let saying = false

  const sayAll = async (): Promise<void> => {
    if (saying) return
    saying = true
    let failed = false
    while (unsaid !== null && !deps.isDetached()) {
      const next = unsaid
      try {
        // What is told within a step of the machine, as at a deadline, comes to the log when that step is over.
        await Promise.resolve()
        await deps.durable()
        // More is to be said since, or nothing any more; or another server says it.
        if (unsaid !== next || deps.isDetached()) continue
        deps.failPoint('before-answer')
        deps.host.writeInput(deps.runDir(), next)
        unsaid = null
        deps.failPoint('after-answer')
      } catch (error) {
        // On a full disk the answer waits, as the agent does.
        if (!failed) deps.onFault(error)
        failed = true
        await sleep(deps.retryMs, undefined, { ref: false })
      }
    }
    // In the step in which the last look found nothing: what comes after it begins anew.
    saying = false
  }

  return {
    /** For the cursor. */
    get unsaid(): Unsaid | null {
      return unsaid
    },
    say(text: string): void {
      unsaid = { at: unsaid?.at ?? deps.host.inputBytes(deps.runDir()), text: (unsaid?.text ?? '') + text }
      deps.record()
      void sayAll()
    },
    /** Says what was left unsaid. */
    resume: (): void => void sayAll(),
    /** The agent is being stopped: what it was still to be told does not count any more. */
    drop(): void {
      unsaid = null
    },
  }
}
