/** Times in the few characters that a phone has for them. Spans are in ms, and one that is negative is none. */

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

/** As it is told of what happened: `now`, `3 min`, `5 h`, `2 d`. @param ms how long ago */
export const ageText = (ms: number): string => (ms < 60_000 ? 'now' : age(ms))

/** As it took: `<1 s`, `12 s`, `1 min 1 s`, `1 h 1 min`. */
export function durationText(ms: number): string {
  const s = Math.max(0, ms) / 1_000
  if (s < 1) return '<1 s'
  if (s < 60) return `${Math.floor(s)} s`
  if (s < 3_600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`
  return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

export const timeText = (at: string): string => TIME.format(new Date(at))

/** @param now the time of whoever reads */
export function dayText(at: string, now: Date): string {
  const day = new Date(at)
  if (day.toDateString() === now.toDateString()) return 'Today'
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  return day.toDateString() === yesterday.toDateString() ? 'Yesterday' : DAY.format(day)
}
