/**
 * Whether a log obeys the grammar of docs/protocol.md:
 * `( user turn_start output* (cancelling output*)? (error | cancelled)? turn_end )*`, with at most one open turn,
 * at its end; `queued` and `dequeued` anywhere. Knows no machine: it judges what they and the log made together.
 */
import type { LoggedEvent, Violation } from './violation.ts'

const OUTPUT_KINDS = new Set([
  'agent_ready',
  'text',
  'thinking',
  'tool_use',
  'tool_result',
  'approval',
  'approval_resolved',
  'notice',
  'result',
])

const QUEUE_KINDS = new Set(['queued', 'dequeued'])

/** The codes whose outcome is not a failure. */
const OUTCOMES: Record<string, string> = {
  timed_out: 'timed_out',
  stalled: 'timed_out',
  lost: 'lost',
  interrupted: 'interrupted',
}

/** How far a turn has come. `concluded` by its error or cancelled: only its end may follow. */
type Stage = 'none' | 'prompted' | 'running' | 'cancelling' | 'concluded'

type Progress = { stage: Stage; turn: number; outcome: string }

/** @returns what is wrong, in the order of the list; empty when all is well */
export function checkGrammar(events: readonly LoggedEvent[]): Violation[] {
  const violations: Violation[] = []
  let progress: Progress = { stage: 'none', turn: 0, outcome: 'completed' }
  for (const [position, event] of events.entries()) {
    if (QUEUE_KINDS.has(event.kind)) continue
    for (const what of [...checkTurn(progress, event), ...checkPlace(progress, event)])
      violations.push({ position, event, what })
    progress = advance(progress, event)
  }
  return violations
}

function checkTurn({ stage, turn }: Progress, event: LoggedEvent): string[] {
  const expected = event.kind === 'user' ? turn + 1 : turn
  // Outside of a turn the place is wrong already.
  if (event.turn === expected || (stage === 'none' && event.kind !== 'user')) return []
  return [`the turn should be ${expected}`]
}

function checkPlace({ stage, turn, outcome }: Progress, { kind, outcome: ended }: LoggedEvent): string[] {
  if (kind === 'user') return stage === 'none' ? [] : [`turn ${turn} is still open`]
  if (stage === 'none') return [turn === 0 ? 'nothing comes before the first user' : `turn ${turn} has ended`]
  if (kind === 'turn_start')
    return stage === 'prompted' ? [] : ['turn_start comes right after user, and once']
  if (stage === 'prompted') return ['turn_start comes right after user']
  switch (kind) {
    case 'cancelling':
      if (stage === 'cancelling') return ['cancelling comes once']
      return stage === 'concluded' ? ['only turn_end follows error or cancelled'] : []
    case 'error':
    case 'cancelled':
      return stage === 'concluded' ? ['one error or cancelled is all a turn may have'] : []
    case 'turn_end':
      return ended === outcome ? [] : [`the outcome is ${ended} and should be ${outcome}`]
    default:
      if (!OUTPUT_KINDS.has(kind)) return ['the kind is unknown']
      return stage === 'concluded' ? ['only turn_end follows error or cancelled'] : []
  }
}

/** Where the log stands behind an event, be its place right or wrong: one mistake is not told twice. */
function advance(progress: Progress, event: LoggedEvent): Progress {
  const { stage, turn } = progress
  switch (event.kind) {
    case 'user':
      return { stage: 'prompted', turn: event.turn ?? turn + 1, outcome: 'completed' }
    case 'turn_end':
      return { ...progress, stage: 'none' }
    case 'cancelled':
      return conclude(progress, 'cancelled')
    case 'error':
      return conclude(progress, OUTCOMES[event.code ?? ''] ?? 'failed')
    case 'cancelling':
      return stage === 'running' || stage === 'prompted' ? { ...progress, stage: 'cancelling' } : progress
    default:
      return stage === 'prompted' ? { ...progress, stage: 'running' } : progress
  }
}

/** The first conclusion counts. */
function conclude(progress: Progress, outcome: string): Progress {
  if (progress.stage === 'none' || progress.stage === 'concluded') return progress
  return { ...progress, stage: 'concluded', outcome }
}
