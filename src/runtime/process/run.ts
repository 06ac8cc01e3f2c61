/**
 * One run of an agent, whether started now or found again: claims it, reads what it says, learns how it ends.
 * Starting is idempotent, so both are the same code: whoever finds the run claimed goes on with it.
 */
import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import type { Exit } from '../../machines/process-events.ts'
import type { Agent, Launch } from '../agents/agent.ts'
import { LIMITS } from '../limits.ts'
import { hasProcessTable, readProcess } from './process-table.ts'
import * as directory from './run-directory.ts'
import { awaitStart, checkAlive, checkFormat, StartError } from './shim-health.ts'
import { spawnShim } from './spawn.ts'
import type { Line } from './splitter.ts'
import { openSpool, type Spool } from './spool.ts'
import { createWakeup } from './wakeup.ts'
import { watchDirectory } from './watch.ts'

export type RunOptions = {
  dir: string
  /** `BREAKGLASS_TURN` of everything that the run starts. */
  turnName: string
  launch: Launch
  cwd: string
  env: Record<string, string>
}

/** @throws StartError or LostError */
export async function openRun(options: RunOptions) {
  const { dir } = options
  const wakeup = createWakeup()
  let shimLeft = false
  const onShimExit = (): void => {
    shimLeft = true
    // As good as a poll: it tells at once what a look at /proc would tell later.
    wakeup.wake(true)
  }
  if (!directory.isClaimed(dir)) await startRun(options, onShimExit)
  checkFormat(dir)
  const unwatch = watchDirectory(dir, wakeup.wake, {
    pollMs: LIMITS.spoolPollMs,
    pollUnwatchedMs: LIMITS.spoolPollUnwatchedMs,
  })

  const claim = await awaitStart(dir, wakeup.wait, () => shimLeft).catch((error: unknown) => {
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
     * @param deliver takes lines and the offset behind them; the next are read when it is done
     * @returns null when it was detached before
     * @throws LostError
     */
    async read(
      offset: number,
      deliver: (lines: Line[], offset: number) => Promise<void>,
    ): Promise<Exit | null> {
      const opened = openSpool(join(dir, 'out'), offset, {
        readBytes: LIMITS.spoolReadBytesMax,
        lineBytesMax: LIMITS.lineBytesMax,
      })
      spool = opened
      try {
        while (!detached) {
          // In this order: an exit that is seen now has all its output in the spool.
          const status = directory.readExitStatus(dir)
          if (status !== null) opened.seal()
          await drain(opened, deliver, () => detached)
          if (detached) break
          if (status !== null) {
            const rest = opened.flush()
            if (rest.lines.length > 0) await deliver(rest.lines, rest.offset)
            return toExit(status, directory.readStderrEnd(dir, LIMITS.stderrCharsMax))
          }
          const polled = await wakeup.wait()
          if (polled) checkAlive(dir, claim)
        }
        return null
      } finally {
        opened.close()
      }
    },
    /** Ends the agent's stdin. */
    endInput(): void {
      // The shim's own child: its pid is nobody else's while the shim has not waited for it.
      if (feeder !== null && isChildOf(feeder, claim.pid)) kill(feeder, 'SIGTERM')
    },
    interrupt(how: Agent['interrupt']): void {
      if ('input' in how) directory.appendInput(dir, how.input)
      else if (agent !== null && isChildOf(agent, claim.pid)) kill(-agent, how.signal)
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

async function startRun(options: RunOptions, onShimExit: () => void): Promise<void> {
  const { dir, launch, cwd } = options
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new StartError(`the workspace ${cwd} is not there`)
  try {
    directory.prepareRun(dir, launch)
    const shim = await spawnShim({ ...options, runDir: dir, argv: launch.argv })
    shim.once('exit', onShimExit)
  } catch (error) {
    throw new StartError((error as Error).message)
  }
}

async function drain(
  spool: Spool,
  deliver: (lines: Line[], offset: number) => Promise<void>,
  isDetached: () => boolean,
): Promise<void> {
  for (;;) {
    const { lines, offset, more } = spool.read()
    if (lines.length > 0) await deliver(lines, offset)
    // A line without an end must not hold up everything else.
    else if (more) await nextTick()
    if (!more || isDetached()) return
  }
}

/** sh reports a signal as 128 and its number; a program may exit with such a status by itself as well. */
function toExit(status: number, error: string): Exit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0] ?? null
  return { exitCode: status, signal, error }
}

const isChildOf = (pid: number, parent: number): boolean =>
  !hasProcessTable() || readProcess(pid)?.parent === parent

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone by itself.
  }
}
