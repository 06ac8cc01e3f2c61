/**
 * Limits that are small enough to be reached within a few events, and the settings of a simulated server. Limits are
 * constants to the code that they bound: a test that turns them gives them back.
 */
import { LIMITS } from '../../src/runtime/limits.ts'

const SMALL = {
  tailBytesMax: 900,
  pageBytesMax: 500,
  waitingBytesMax: 1_500,
} satisfies { [K in keyof typeof LIMITS]?: number }

/** How many bytes a socket takes before it says that it is full. */
export const SOCKET_BYTES_MAX = 600

/** What every session finds in its workspace, as its clients know. */
export const SENT = 'attachments/sent.txt'

export const SETTINGS = {
  turnTimeoutMs: 20_000,
  stallNoticeMs: 6_000,
  stallKillMs: null,
  killGraceMs: 1_000,
  approvalTimeoutMs: 10_000,
  queueAfterCancel: 'hold',
  outputBytesMax: 1_000_000,
  leftovers: { ended: 'report', stopped: 'kill' },
  keepaliveMs: 15_000,
  maxTurns: 1,
} as const

/** @returns how to give the limits back */
export function turnKnobs(): () => void {
  const before = { ...LIMITS }
  Object.assign(LIMITS, SMALL)
  return () => void Object.assign(LIMITS, before)
}
