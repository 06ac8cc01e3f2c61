/** How events, states and times are called where there is little room. Pure. */
import { countdown } from '../times.ts'

/** `xstate.after.turnTimeout.process.active.working` → `after turnTimeout`. */
export function eventLabel(type: string): string {
  const [first, kind, ...rest] = type.split('.')
  if (first !== 'xstate') return type
  if (kind === 'after') return `after ${rest[0]}`
  if (kind === 'done' && rest[0] === 'actor') return `${rest[1]} done`
  if (kind === 'error' && rest[0] === 'actor') return `${rest[1]} fails`
  return { init: 'starts', stop: 'is stopped' }[kind ?? ''] ?? type
}

/** With what it is that was said: `OUTPUT tool_use`. */
export function stepLabel({ type, records }: { type: string; records?: unknown }): string {
  const kinds = Array.isArray(records) ? records.map((record) => String(Object(record).kind)) : []
  const what = kinds.length > 1 ? `${kinds.length} records` : (kinds[0] ?? '')
  return `${eventLabel(type)} ${what}`.trimEnd()
}

/** The innermost of the lit states, without its machine: `turn.running`. */
export const stateLabel = (lit: readonly string[]): string | null =>
  lit.at(-1)?.replace(/^[^.]+\./, '') ?? null

/** From the first moment on: `+0.012 s`, `+1:02.345`. */
export function offsetLabel(ms: number): string {
  // A log that was damaged may have any time in it.
  if (!Number.isFinite(ms)) return '?'
  const sign = ms < 0 ? '−' : '+'
  const all = Math.abs(ms)
  const seconds = (all % 60_000) / 1_000
  if (all < 60_000) return `${sign}${seconds.toFixed(3)}`
  return `${sign}${Math.floor(all / 60_000)}:${seconds.toFixed(1).padStart(4, '0')}`
}

/** As it is played: `12.3 s`, `1:02`. */
export const playedLabel = (ms: number): string =>
  ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : countdown(ms)
