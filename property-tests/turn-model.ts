/** What must have ended a turn: the first thing that could. Knows no states and no machine, only who came first. */
import type { ErrorCode, Outcome } from '../src/machines/events.ts'
import type { Cause, PortEvent, ProcessDelays } from '../src/machines/process-events.ts'

export type TurnModel = ReturnType<typeof createTurnModel>

/** @param cancelled whether it was being cancelled when it was taken over */
export function createTurnModel(delays: ProcessDelays, cancelled = false) {
  let cause: Cause | null = cancelled ? 'cancelled' : null
  let stopping = cancelled
  let startedAt: number | null = null
  let heardAt: number | null = null
  let finishedAt: number | null = null
  let complaint: string | null = null
  let exitCode: number | null = null
  /** Whether it waits for an operator: then no clock of its own runs. */
  let asking = false
  /** Two clocks ran out at the same time: nobody can say which was first. */
  let isTie = false

  const after = (since: number | null, ms: number | null): number =>
    since === null || ms === null ? Number.POSITIVE_INFINITY : since + ms

  return {
    get started(): boolean {
      return startedAt !== null
    },
    get stopping(): boolean {
      return stopping
    },
    /** Whether the agent left by itself. */
    get exited(): boolean {
      return cause === 'exited'
    },
    /** Whether the turn's timeout lies in the past. */
    isLate: (now: number): boolean => now >= after(startedAt, delays.turnTimeoutMs),
    cancel(): void {
      cause ??= 'cancelled'
      stopping = true
    },
    /** Said after whatever changed it. Time begins anew with the last answer. */
    waitsForAnswers(waits: boolean, now: number): void {
      // After its result there is nothing that it could be told.
      if (finishedAt !== null || waits === asking) return
      asking = waits
      if (!asking && startedAt !== null) startedAt = heardAt = now
    },
    tick(now: number): void {
      if (asking || stopping || startedAt === null || cause === 'exited') return
      const lateAt = after(startedAt, delays.turnTimeoutMs)
      // Silence is nothing to a turn that has had its result.
      const stalledAt = cause === null ? after(heardAt, delays.stallKillMs) : Number.POSITIVE_INFINITY
      if (now >= Math.min(lateAt, stalledAt)) {
        isTie = lateAt === stalledAt
        cause ??= stalledAt < lateAt ? 'stalled' : 'timed_out'
        stopping = true
      }
      if (now >= after(finishedAt, delays.resultGraceMs)) stopping = true
    },
    say(event: PortEvent, now: number): void {
      switch (event.type) {
        case 'STARTED':
          startedAt ??= now
          heardAt ??= now
          return
        case 'START_FAILED':
          if (startedAt === null) cause ??= event.cause
          return
        case 'OUTPUT':
        case 'HEARD':
          if (startedAt !== null) heardAt = now
          return
        case 'OVERFLOWED':
          if (startedAt === null || stopping || cause === 'exited') return
          cause ??= 'output_limit'
          stopping = true
          return
        case 'FINISHED':
          if (startedAt === null || cause !== null) return
          cause = 'finished'
          finishedAt = now
          if (asking) startedAt = now
          asking = false
          complaint = event.error
          return
        case 'EXITED':
          // By itself: a result is no end yet, what the agent makes of it is.
          if (startedAt === null || stopping || (cause !== null && cause !== 'finished')) return
          cause = 'exited'
          exitCode = event.exitCode
          return
        case 'LOST':
          if (cause === 'exited') return
          cause ??= event.cause
          stopping = true
          return
      }
    },
    /** Null while nothing could have ended it. */
    get outcome(): Outcome | null {
      switch (cause) {
        case 'spawn_failed':
        case 'disk_full':
        case 'output_limit':
          return 'failed'
        case 'stalled':
          return 'timed_out'
        case 'finished':
          return complaint === null ? 'completed' : 'failed'
        case 'exited':
          return exitCode === 0 && complaint === null ? 'completed' : 'failed'
        default:
          return cause
      }
    },
    /** What the log may say of it; nothing of a turn that went well, or was cancelled. */
    get codes(): (ErrorCode | undefined)[] {
      if (isTie && (cause === 'timed_out' || cause === 'stalled')) return ['timed_out', 'stalled']
      switch (cause) {
        case null:
        case 'cancelled':
          return [undefined]
        case 'finished':
          return [complaint === null ? undefined : 'agent_error']
        case 'exited':
          if (exitCode !== 0) return ['exit_nonzero']
          return [complaint === null ? undefined : 'agent_error']
        default:
          return [cause]
      }
    },
  }
}
