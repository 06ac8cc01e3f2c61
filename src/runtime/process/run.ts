/**
 * One run of an agent, whether started now or found again: claims it, reads what it says, learns how it ends.
 * Starting is idempotent, so both are the same code: whoever finds the run claimed goes on with it.
 */
import { constants } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import type { Exit } from '../../machines/process-events.ts'
import type { Agent } from '../agents/agent.ts'
import { LIMITS } from '../limits.ts'
import { hasProcessTable, isChildOf, readProcess } from './process-table.ts'
import * as directory from './run-directory.ts'
import type { RunOptions } from './run-options.ts'
import { awaitStart, checkAdoptable, checkAlive } from './shim-health.ts'
import type { Line } from './splitter.ts'
import { openSpool, type Spool } from './spool.ts'
import { startRun } from './start-run.ts'
import { type VolumeListener, watchVolume } from './volume.ts'
import { createWakeup } from './wakeup.ts'
import { watchDirectory } from './watch.ts'

export type RunListener = VolumeListener & {
  /** Takes lines and the offset behind them. The next are taken while it is not done, and no others. */
  deliver(lines: Line[], offset: number): Promise<void>
}

/** @throws StartError or LostError */
export async function openRun(options: RunOptions) {
  const { dir, pace } = options
  const wakeup = createWakeup()
  let shimExit: number | null = null
  const onShimExit = (code: number | null): void => {
    shimExit = code ?? -1
    // As good as a poll: it tells at once what a look at /proc would tell later.
    wakeup.wake(true)
  }
  if (!directory.isClaimed(dir)) await startRun(options, onShimExit)
  checkAdoptable(dir)
  const unwatch = watchDirectory(dir, wakeup.wake, {
    pollMs: LIMITS.spoolPollMs,
    pollUnwatchedMs: LIMITS.spoolPollUnwatchedMs,
  })

  const claim = await awaitStart(dir, wakeup.wait, () => shimExit).catch((error: unknown) => {
    unwatch()
    throw error
  })
  const agent = directory.readPid(dir, 'agent')
  const feeder = directory.readPid(dir, 'feeder')
  let detached = false
  let spool: Spool | null = null

  return {
    /**
     * Reads what the agent says until it has exited.
     * @returns null when it was detached before
     * @throws LostError
     */
    async read(offset: number, listener: RunListener): Promise<Exit | null> {
      const opened = openSpool(join(dir, 'out'), offset, {
        readBytes: LIMITS.spoolReadBytesMax,
        lineBytesMax: LIMITS.lineBytesMax,
        outputBytesMax: listener.outputBytesMax,
      })
      spool = opened
      const volume = watchVolume(dir, listener)
      // By a clock of its own: the reader may wait for its events to be stored, and the agent goes on meanwhile.
      const timer = setInterval(volume.check, LIMITS.spoolPollMs)
      let loss: unknown = null
      const lookForLoss = (): void => {
        try {
          checkAlive(dir, claim)
        } catch (error) {
          loss = error
        }
      }
      const deliverRest = async (): Promise<void> => {
        const rest = opened.flush()
        if (rest.lines.length > 0) await listener.deliver(rest.lines, rest.offset)
      }
      try {
        while (!detached) {
          // In this order: an exit that is seen now has all its output in the spool.
          const status = directory.readExitStatus(dir)
          if (status !== null || loss !== null) opened.seal()
          await drain(opened, listener.deliver, volume.checkLimit, () => detached)
          if (detached) break
          if (status !== null || loss !== null) await deliverRest()
          if (status !== null) return toExit(status, directory.readStderrEnd(dir, LIMITS.stderrCharsMax))
          // Not before what it said last was read: nobody will come back for it.
          if (loss !== null) throw loss
          // Before it sleeps: one that was quiet is read at once.
          await pace()
          const polled = await wakeup.wait()
          if (polled) lookForLoss()
        }
        return null
      } finally {
        clearInterval(timer)
        opened.close()
      }
    },
    /** How the agent left, though what it said may not be read yet; null while it runs. */
    exit(): Exit | null {
      const status = directory.readExitStatus(dir)
      return status === null ? null : toExit(status, directory.readStderrEnd(dir, LIMITS.stderrCharsMax))
    },
    /** Ends the agent's stdin. */
    endInput(): void {
      if (feeder !== null && isShimsChild(feeder, claim)) kill(feeder, 'SIGTERM')
    },
    interrupt(how: Agent['interrupt']): void {
      if ('input' in how) directory.appendInput(dir, how.input)
      else if (agent !== null && isShimsChild(agent, claim)) kill(-agent, how.signal)
    },
    /** Leaves the agent alone, for the next server to find. */
    detach(): void {
      detached = true
      unwatch()
      // At once, though a reader may still wait for its events to be stored: on a full disk that is what it waits for,
      // and a file that is open takes its room even when it is deleted.
      spool?.close()
      wakeup.wake(false)
    },
  }
}

export type Run = Awaited<ReturnType<typeof openRun>>

async function drain(
  spool: Spool,
  deliver: RunListener['deliver'],
  checkLimit: () => void,
  isDetached: () => boolean,
): Promise<void> {
  let delivered = Promise.resolve()
  for (;;) {
    const { lines, offset, more } = spool.read()
    checkLimit()
    const before = delivered
    if (lines.length > 0) delivered = deliver(lines, offset)
    // It is waited for below, but what is before it may fail first.
    delivered.catch(() => {})
    // What was read before is being stored while this is read, and no more than that: a fast agent cannot fill memory.
    await before
    // A line without an end, or many of which nothing is stored, must not hold up everything else.
    if (more) await nextTick()
    if (!more || isDetached()) return delivered
  }
}

/** sh reports a signal as 128 and its number; a program may exit with such a status by itself as well. */
function toExit(status: number, error: string): Exit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0] ?? null
  return { exitCode: status, signal, error }
}

/** What the shim has not waited for keeps its pid: nobody else can have it. */
function isShimsChild(pid: number, shim: directory.Claim): boolean {
  if (!hasProcessTable()) return true
  const row = readProcess(pid)
  return row !== null && isChildOf(row, shim)
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone by itself.
  }
}
