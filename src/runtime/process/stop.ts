/**
 * Stops a turn for its port, rung by rung: has it on record first, then carries it out. When to take which rung is the
 * process machine's to decide.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cause } from '../../machines/process-events.ts'
import { LIMITS } from '../limits.ts'
import type { Killer, Left, StopSignal } from './killer.ts'
import { findLeftovers, type Leftovers } from './leftovers.ts'
import { type Sweeper, sweep } from './sweep.ts'

export type StopDeps = {
  /** Has the cause stored, unless an earlier server did. Fulfilled when it is. */
  record(cause: Cause): Promise<void>
  /** What finds the turn's processes; null while there are none to be found. */
  openKiller(): Killer | null
  /** Whether the killer can know the agent, so that it is worth keeping. */
  isStarted(): boolean
  /** Whether the agent has exited, or never will have. */
  isGone(): boolean
  isDetached(): boolean
  /** Everything that can be signalled is gone, or will not go. */
  cleared(left: Leftovers): void
  onFault(error: unknown): void
}

export function createStop(deps: StopDeps) {
  let recorded: Promise<unknown> | null = null
  let signal: StopSignal = 'SIGTERM'
  let signalling = false
  let killer: Killer | null = null
  let sweeper: Sweeper | null = null

  /** Looked for until there is one: a start that hung may still succeed. */
  const findKiller = (): Killer | null => {
    const found = killer ?? deps.openKiller()
    if (deps.isStarted()) killer = found
    return found
  }

  /**
   * On record, so that a server that finds the turn half stopped goes on with that, and says the right cause. A store
   * that cannot write must not keep it from being stopped.
   */
  const onceRecorded = async (cause: Cause, act: () => void): Promise<void> => {
    const late = () => sleep(LIMITS.stopRecordMs, undefined, { ref: false })
    recorded ??= Promise.race([deps.record(cause).catch(deps.onFault), late()])
    await recorded
    try {
      if (!deps.isDetached()) act()
    } catch (error) {
      // What could not be said to the agent (the disk is full) is made up for by the next rung of the ladder.
      deps.onFault(error)
    }
  }

  return {
    /** @param act interrupts the agent in its own way */
    interrupt(cause: Cause, act: () => void): void {
      // Before anything is done to it: the agent's end may cut the only tie to what it started.
      try {
        findKiller()?.note()
      } catch (error) {
        deps.onFault(error)
      }
      void onceRecorded(cause, act)
    },
    /** Signals everything of the turn until nothing of it is left; then `cleared` is called, once. */
    signal(to: StopSignal, cause: Cause): void {
      signal = to
      signalling = true
      sweeper?.escalate(to)
      void onceRecorded(cause, () => {
        const cleared = (alive: Left): void => deps.cleared({ alive, orphans: killer?.orphans() ?? [] })
        sweeper ??= sweep({ ...deps, signal, killer: findKiller, isDone: deps.isGone, cleared })
      })
    },
    /** Signals nothing: only looks. @returns null when it was told to signal meanwhile: then that says what is left */
    async look(): Promise<Leftovers | null> {
      const left = await findLeftovers(findKiller())
      return signalling ? null : left
    },
  }
}
