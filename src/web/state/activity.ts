/**
 * What the agent does at this moment, in a verb, and since when: from the events, what is being written and the
 * session, and from nothing else. Pure.
 */
import type { Event, Session, Writing } from '../../client/index.ts'

export type Activity = {
  /** `Running Bash`, `Thinking`, `Waiting for you`. */
  verb: string
  /** Since when, by the server's clock, ISO 8601. Null: not known, or anew with every event. */
  since: string | null
  /** When the turn began; null: not known. */
  begun: string | null
  /** Whether it is the operator who is waited for. */
  isWaiting: boolean
}

/** @returns null when no turn is open */
export function activityOf(
  session: Session | null,
  events: readonly Event[],
  writing: Writing,
): Activity | null {
  if (session === null || session.state === 'idle') return null
  // From its end: a log may be long, and this is asked for with every word that is written.
  const start = events.findLastIndex(({ kind }) => kind === 'user')
  const turn = events
    .slice(Math.max(0, start))
    .filter((event) => event.turn === session.turn && !isOfQueue(event))
  const begun = turn.find(({ kind }) => kind === 'turn_start')?.at ?? null
  const doing = (verb: string, event?: Event): Activity => ({
    verb,
    since: event?.at ?? null,
    begun,
    isWaiting: false,
  })

  if (session.state === 'cancelling')
    return doing('Stopping', turn.findLast(({ kind }) => kind === 'cancelling') ?? turn.at(-1))
  const [asked] = session.approvals
  if (asked !== undefined) {
    const event = turn.find((event) => event.kind === 'approval' && event.approvalId === asked.approvalId)
    return { ...doing('Waiting for you', event), isWaiting: true }
  }

  const last = turn.findLast(({ kind }) => kind !== 'approval_resolved')
  const written = writing.findLast((part) => part.turn === session.turn)
  if (written !== undefined) return doing(written.kind === 'thinking' ? 'Thinking' : 'Writing')
  if (session.agent === 'shell') return doing('Running')
  const running = runningTools(turn)
  if (running.length > 0) return doing(`Running ${nameOf(running)}`, running[0])
  return doing(verbAfter(last))
}

const isOfQueue = ({ kind }: Event): boolean => kind === 'queued' || kind === 'dequeued'

type ToolUse = Extract<Event, { kind: 'tool_use' }>

/** Those without a result; of a subagent and what it runs, what it runs. */
function runningTools(turn: readonly Event[]): ToolUse[] {
  const done = new Set(turn.flatMap((event) => (event.kind === 'tool_result' ? [event.toolUseId] : [])))
  const open = turn
    .filter((event) => event.kind === 'tool_use')
    .filter(({ toolUseId }) => !done.has(toolUseId))
  const parents = new Set(open.map(({ parent }) => parent))
  return open.filter(({ toolUseId }) => !parents.has(toolUseId))
}

const nameOf = (tools: readonly ToolUse[]): string =>
  tools.length === 1 ? tools[0]!.name : `${tools.length} tools`

function verbAfter(last: Event | undefined): string {
  switch (last?.kind) {
    case 'user':
    case 'turn_start':
      return 'Starting'
    case 'result':
      return 'Finishing'
    case 'notice':
      if (last.code === 'waiting_for_slot') return 'Waiting for other turns'
      return last.code === 'api_retry' ? 'Waiting for the model' : 'Thinking'
    default:
      return 'Thinking'
  }
}
