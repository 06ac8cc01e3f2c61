/** Events of a turn, one a second. */
import type { Event, LogRecord } from '../../../../src/machines/events.ts'

type Unnumbered = LogRecord extends infer R ? (R extends LogRecord ? Omit<R, 'turn'> : never) : never

export const logOf = (records: Unnumbered[], { first = 0, turn = 1 } = {}): Event[] =>
  records.map((record, index): Event => {
    const id = first + index
    return { ...record, turn, id, at: new Date(Date.UTC(2026, 0, 1) + id * 1_000).toISOString() } as Event
  })

export const USER = { kind: 'user', text: 'Why?' } as const
export const START = { kind: 'turn_start', agent: 'claude', model: null } as const
export const text = (said: string) => ({ kind: 'text', text: said, block: 0 }) as const
export const RESULT = {
  kind: 'result',
  ...{ isError: false, text: 'Done.', durationMs: 5, costUsd: 0 },
  usage: { inputTokens: 0, outputTokens: 0 },
} as const
export const end = (
  outcome: 'completed' | 'failed' | 'cancelled' | 'timed_out',
  exitCode: number | null = 0,
) => ({ kind: 'turn_end', outcome, exitCode, signal: null, survivors: 0 }) as const
export const asks = (approvalId: string, expiresAt: string | null = null) =>
  ({
    kind: 'approval',
    ...{
      approvalId,
      toolUseId: 'u',
      toolName: 'Bash',
      input: {},
      description: '',
      suggestions: [],
      expiresAt,
    },
  }) as const
export const resolved = (approvalId: string, by: string, message = '') =>
  ({ kind: 'approval_resolved', approvalId, decision: 'deny', by, message }) as const
