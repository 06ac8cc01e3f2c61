/** What must have ended a turn: the first thing that could. Knows no states and no machine, only who came first. */
import type { Outcome } from '../src/machines/events.ts'
import type { PortEvent, ProcessDelays } from '../src/machines/process-events.ts'

export type TurnModel = ReturnType<typeof createTurnModel>

type Cause = 'cancelled' | 'timed_out' | 'spawn_failed' | 'finished' | 'exited' | 'lost' | 'interrupted'

/** @param cancelled whether it was being cancelled when it was taken over */
export function createTurnModel(delays: ProcessDelays, cancelled = false) {
  let cause: Cause | null = cancelled ? 'cancelled' : null
  let stopping = cancelled
  let startedAt: number | null = null
  let finishedAt: number | null = null
  let complaint: string | null = null
  let exitCode: number | null = null

  return {
    get started(): boolean {
      return startedAt !== null
    },
    get stopping(): boolean {
      return stopping
    },
    /** Whether the turn's timeout lies in the past. */
    isLate: (now: number): boolean =>
      startedAt !== null && delays.turnTimeoutMs !== null && now - startedAt >= delays.turnTimeoutMs,
    cancel(): void {
      cause ??= 'cancelled'
      stopping = true
    },
    tick(now: number): void {
      if (stopping || startedAt === null) return
      if (this.isLate(now)) {
        cause ??= 'timed_out'
        stopping = true
      }
      if (finishedAt !== null && now - finishedAt >= delays.resultGraceMs) stopping = true
    },
    say(event: PortEvent, now: number): void {
      switch (event.type) {
        case 'STARTED':
          startedAt ??= now
          return
        case 'START_FAILED':
          if (startedAt === null) cause ??= 'spawn_failed'
          return
        case 'FINISHED':
          if (startedAt === null || cause !== null) return
          cause = 'finished'
          finishedAt = now
          complaint = event.error
          return
        case 'EXITED':
          // By itself: a result is no end yet, what the agent makes of it is.
          if (startedAt === null || stopping || (cause !== null && cause !== 'finished')) return
          cause = 'exited'
          exitCode = event.exitCode
          return
        case 'LOST':
          cause ??= event.cause
          stopping = true
          return
      }
    },
    /** Null while nothing could have ended it. */
    get outcome(): Outcome | null {
      switch (cause) {
        case 'spawn_failed':
          return 'failed'
        case 'finished':
          return complaint === null ? 'completed' : 'failed'
        case 'exited':
          return exitCode === 0 && complaint === null ? 'completed' : 'failed'
        default:
          return cause
      }
    },
  }
}
