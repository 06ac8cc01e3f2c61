/** Whether a run has begun, still goes on, or was lost: what its directory and /proc say of its shim. */
import { bootId } from './boot.ts'
import { isAlive } from './process-table.ts'
import * as directory from './run-directory.ts'
import { isShortage } from './unreadable.ts'

/** The agent was not started, and will not be. */
export class StartError extends Error {
  readonly reason: 'spawn_failed' | 'disk_full'
  constructor(message: string, reason: 'spawn_failed' | 'disk_full' = 'spawn_failed') {
    super(message)
    this.reason = reason
  }
}

/** What a failed start tells: a full disk is no fault of the agent's. */
export const toStartError = (error: unknown): StartError => {
  const { code, message } = error as NodeJS.ErrnoException
  return new StartError(message, code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'spawn_failed')
}

/** What became of the agent cannot be known. */
export class LostError extends Error {
  readonly reason: 'lost' | 'interrupted'
  /** Whether what may run of it is not to be touched. */
  readonly spare: boolean
  constructor(reason: 'lost' | 'interrupted', message: string, { spare = false } = {}) {
    super(message)
    this.reason = reason
    this.spare = spare
  }
}

/**
 * @throws StartError for a run that was abandoned
 * @throws LostError for one that is damaged, or that another version of this server prepared: that is not touched
 */
export function checkAdoptable(dir: string): void {
  if (directory.isAbandoned(dir)) throw new StartError('it was stopped before it began')
  const format = directory.runFormat(dir)
  if (format === directory.RUN_FORMAT) return
  if (format === null || Number.isNaN(format)) throw new LostError('lost', "the run's files are damaged")
  throw new LostError(
    'lost',
    `the run's format is ${format}, and this server knows ${directory.RUN_FORMAT} alone; what may run of it is left alone`,
    { spare: true },
  )
}

/** How a shim ends that found no room: EX_IOERR of sysexits.h. */
const NO_ROOM = 74

/**
 * Until the agent has a pid, or has been and gone. However long that takes, while somebody may still begin it.
 * @param shimExit how the shim that we started ourselves has ended; null while it runs, or is another server's
 * @throws LostError, and StartError when nothing was begun and nothing will be
 */
export async function awaitStart(
  dir: string,
  wait: () => Promise<boolean>,
  shimExit: () => number | null = () => null,
): Promise<directory.Claim> {
  let polls = 0
  for (;;) {
    const claim = directory.readClaim(dir)
    if (claim !== null) {
      const status = directory.readExitStatus(dir)
      if (directory.readPid(dir, 'agent') !== null) return claim
      // It could not even write its pid down, and so was never begun.
      if (status === NO_ROOM) throw new StartError('the disk is full', 'disk_full')
      if (status !== null) return claim
      if (polls > 0) checkAlive(dir, claim)
    } else if (directory.isAbandoned(dir)) throw new StartError('it was stopped before it began')
    // Not at once: it may have come after the look at it. A shim's own is complete from the beginning.
    else if (polls > 1 && directory.isClaimed(dir))
      throw new LostError('lost', "the turn's claim is damaged: nobody can say who runs it")
    else if (shimExit() === NO_ROOM) throw new StartError('the disk is full', 'disk_full')
    else if (shimExit() !== null) throw new StartError("the turn's supervisor ended before it began")
    if (await wait()) polls++
  }
}

/** @throws LostError when the shim is gone without having said how the agent ended; not when that cannot be told */
export function checkAlive(dir: string, claim: directory.Claim): void {
  try {
    if (claim.boot !== '-' && claim.boot !== bootId() && directory.readExitStatus(dir) === null)
      throw new LostError('interrupted', 'the machine was restarted during the turn')
    if (isAlive(claim)) return
    // Read after the look at the shim: it may have written the status and left in between.
    if (directory.readExitStatus(dir) === null)
      throw new LostError('lost', "the turn's supervisor is gone, and with it the agent's exit status")
  } catch (error) {
    if (!isShortage(error)) throw error
  }
}
