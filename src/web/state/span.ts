/** Spans of time in words. Pure; all take milliseconds, and what is negative is none. */

const whole = (ms: number): number => Math.max(0, Math.floor(ms / 1_000))

/** As it is remembered: `12 s`, `3 min`, `5 h`, `2 d`. */
export function age(ms: number): string {
  const seconds = whole(ms)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** As it runs out: `0:07`, `29:41`, `1:02:03`. */
export function countdown(ms: number): string {
  const seconds = whole(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  const rest = two(seconds % 60)
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`
}
