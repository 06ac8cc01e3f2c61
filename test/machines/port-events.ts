/** What a port says in these tests, one sample of each kind. Every field differs from what a process starts with. */
import type { LeftoverPolicies, PortEvent, ProcessDelays } from '../../src/machines/process-events.ts'

export const STARTED = { type: 'STARTED' } satisfies PortEvent
export const START_FAILED = {
  type: 'START_FAILED',
  cause: 'spawn_failed',
  error: 'ENOENT',
} satisfies PortEvent
export const DISK_FULL = {
  type: 'START_FAILED',
  cause: 'disk_full',
  error: 'ENOSPC',
} satisfies PortEvent
export const OUTPUT = {
  type: 'OUTPUT',
  records: [{ kind: 'text', text: 'Hello.', block: 0 }],
  spool: { offset: 7 },
} satisfies PortEvent
export const HEARD = { type: 'HEARD' } satisfies PortEvent
export const OVERFLOWED = { type: 'OVERFLOWED', error: 'the agent has said 65 MiB' } satisfies PortEvent
export const FINISHED = { type: 'FINISHED', error: null } satisfies PortEvent
export const COMPLAINED = { type: 'FINISHED', error: 'Overloaded.' } satisfies PortEvent
export const LOST = { type: 'LOST', cause: 'lost', error: 'the supervisor is gone' } satisfies PortEvent
export const INTERRUPTED = {
  type: 'LOST',
  cause: 'interrupted',
  error: 'the machine restarted',
} satisfies PortEvent
export const CLEARED = { type: 'CLEARED', survivors: 0 } satisfies PortEvent
export const exited = (exitCode: number, error = '') =>
  ({ type: 'EXITED', exitCode, signal: null, error }) satisfies PortEvent

/** What an agent asks, and what takes it back. */
export const asking = (approvalId: string) =>
  ({
    type: 'OUTPUT',
    records: [
      {
        ...{ kind: 'approval', approvalId, toolUseId: `use of ${approvalId}`, toolName: 'Bash' },
        ...{ input: { command: 'df' }, description: 'look', suggestions: [{ rule: approvalId }] },
      },
    ],
    spool: { offset: 8 },
  }) satisfies PortEvent
export const withdrawing = (approvalId: string) =>
  ({
    type: 'OUTPUT',
    records: [
      {
        ...{ kind: 'approval_resolved', approvalId, decision: 'deny' },
        ...{ by: 'agent', message: 'never mind' },
      },
    ],
    spool: { offset: 9 },
  }) satisfies PortEvent

export const APPROVAL_TIMEOUT_MS = 20_000

/** All different, so that each names its own step. */
export const DELAYS: ProcessDelays = {
  turnTimeoutMs: 10_000,
  stallNoticeMs: 3_000,
  stallKillMs: 7_000,
  resultGraceMs: 1_000,
  interruptGraceMs: 100,
  terminateGraceMs: 200,
  killGraceMs: 300,
}

/** What an agent leaves behind is said after a turn that ended by itself, and ended after one that was stopped. */
export const LEFTOVERS: LeftoverPolicies = { ended: 'report', stopped: 'kill' }
