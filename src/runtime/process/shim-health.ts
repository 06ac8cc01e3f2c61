/** Whether a run has begun, still goes on, or was lost: what its directory and /proc say of its shim. */
import { bootId, isAlive } from './process-table.ts'
import * as directory from './run-directory.ts'

/** The agent was not started, and will not be. */
export class StartError extends Error {}

/** What became of the agent cannot be known. */
export class LostError extends Error {
  readonly reason: 'lost' | 'interrupted'
  constructor(reason: 'lost' | 'interrupted', message: string) {
    super(message)
    this.reason = reason
  }
}

/** @throws LostError for a run that another version of this server prepared */
export function checkFormat(dir: string): void {
  const format = directory.runFormat(dir)
  if (format === directory.RUN_FORMAT) return
  throw new LostError(
    'lost',
    `the run's format is ${format}, and this server knows ${directory.RUN_FORMAT} alone`,
  )
}

/**
 * Until the agent has a pid, or has been and gone. However long that takes, while somebody may still begin it.
 * @param shimLeft whether the shim that we started ourselves has exited
 * @throws LostError, and StartError when nothing was begun and nothing will be
 */
export async function awaitStart(
  dir: string,
  wait: () => Promise<boolean>,
  shimLeft: () => boolean = () => false,
): Promise<directory.Claim> {
  let polls = 0
  for (;;) {
    const claim = directory.readClaim(dir)
    if (claim !== null) {
      const begun = directory.readPid(dir, 'agent') !== null || directory.readExitStatus(dir) !== null
      if (begun) return claim
      if (polls > 0) checkAlive(dir, claim)
    } else if (directory.isClaimed(dir)) {
      // The claim is written in one piece, right after it was made.
      if (polls > 2) throw new LostError('lost', 'the turn was claimed, but nobody runs it')
    } else if (shimLeft()) throw new StartError("the turn's supervisor ended before it began")
    if (await wait()) polls++
  }
}

/** @throws LostError when the shim is gone without having said how the agent ended */
export function checkAlive(dir: string, claim: directory.Claim): void {
  if (claim.boot !== '-' && claim.boot !== bootId())
    if (directory.readExitStatus(dir) === null)
      throw new LostError('interrupted', 'the machine was restarted during the turn')
  if (isAlive(claim)) return
  // Read after the look at the shim: it may have written the status and left in between.
  if (directory.readExitStatus(dir) === null)
    throw new LostError('lost', "the turn's supervisor is gone, and with it the agent's exit status")
}
