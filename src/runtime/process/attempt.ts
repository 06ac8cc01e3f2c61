/** One start of a turn's agent, or the going on with it: from its spool through its adapter to records and a cursor. */
import type { OutputRecord, UnfinishedBlock } from '../../machines/events.ts'
import type { Exit, PortEvent } from '../../machines/process-events.ts'
import type { ReachFailPoint } from '../fail-points.ts'
import type { Host } from './host.ts'
import type { Pace } from './pace.ts'
import { overflowText } from './port-notices.ts'
import type { Run } from './run.ts'
import { prepareLaunch, type SpoolCursor, type TurnContext } from './turn.ts'

export type AttemptDeps = {
  host: Host
  /** Fulfilled when all that was told until now is stored. */
  durable(): Promise<void>
  outputBytesMax: number
  uptimeMs(): number
  failPoint: ReachFailPoint
  pace: Pace
  tell(event: PortEvent): void
  /** All that is being written now, after `records` were told. */
  onWriting(blocks: readonly UnfinishedBlock[], records: readonly OutputRecord[]): void
  /** Tells the agent something that nobody was asked. */
  reply(text: string): void
  /** The cursor as it is to be stored: with why the turn is being stopped, if it is. */
  spoolOf(cursor: SpoolCursor): SpoolCursor
  /** The agent runs, or has: it can be talked to from now on. */
  onRun(run: Run): void
  isDetached(): boolean
}

/**
 * @returns how the agent left, and where its output ended; null when it was detached before
 * @throws StartError or LostError
 */
export async function runAttempt(
  deps: AttemptDeps,
  context: TurnContext,
  from: SpoolCursor,
): Promise<{ exit: Exit; cursor: SpoolCursor } | null> {
  const { tell, spoolOf, failPoint, pace, outputBytesMax } = deps
  const { agent, runDir, cgroup } = context
  let cursor = from
  const place = { dir: runDir(from.attempt), cgroup: cgroup(from.attempt) }
  const run = await deps.host.openRun({
    ...{ ...context, ...place, failPoint, pace },
    // Only for a run that is not there yet: it can hold large files, and these may be gone once the agent has run.
    get launch() {
      return prepareLaunch(context.launch, from)
    },
  })
  deps.onRun(run)
  if (cursor.startedAt === null) {
    cursor = { ...cursor, startedAt: deps.uptimeMs() }
    tell({ type: 'OUTPUT', records: [], spool: spoolOf(cursor) })
  }
  // Said to the server before this one, which may not have lived to do what follows from it.
  if (cursor.finished) tell({ type: 'FINISHED', error: cursor.finished.error })
  // What the server before this one had read of a block, or nothing, when the agent is started once more.
  deps.onWriting(agent.partials(cursor.state), [])
  try {
    if (deps.isDetached()) return null
    const exit = await run.read(cursor.offset, {
      outputBytesMax,
      async deliver(lines, offset) {
        const { state, records, finished, reply } = agent.translate(cursor.state, lines)
        cursor = { ...cursor, offset, state, finished: finished ?? cursor.finished }
        // Lines that say nothing are read again after a crash: that costs less than a commit.
        if (records.length > 0) tell({ type: 'OUTPUT', records, spool: spoolOf(cursor) })
        deps.onWriting(agent.partials(state), records)
        if (finished) tell({ type: 'FINISHED', error: finished.error })
        if (reply) deps.reply(reply)
        if (records.length > 0) await deps.durable()
      },
      onHeard: () => tell({ type: 'HEARD' }),
      onOverflow: (bytes) => tell({ type: 'OVERFLOWED', error: overflowText(bytes, outputBytesMax) }),
    })
    return exit && { exit, cursor }
  } finally {
    run.detach()
  }
}
