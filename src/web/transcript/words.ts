/** Figures and times in the few characters that a phone has for them. */

export function durationText(ms: number): string {
  const s = Math.max(0, ms) / 1_000
  if (s < 1) return '<1 s'
  if (s < 60) return `${Math.floor(s)} s`
  if (s < 3_600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`
  return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`
}

const UNITS = ['', 'k', 'M', 'G']

/** @param base 1,000 for what is counted, 1,024 for what is stored */
function scaled(value: number, base: number): [value: string, unit: string] {
  let unit = 0
  let rest = value
  while (rest >= base && unit < UNITS.length - 1) {
    rest /= base
    unit++
  }
  return [unit > 0 && rest < 10 ? rest.toFixed(1) : String(Math.round(rest)), UNITS[unit]!]
}

export const countText = (count: number): string => scaled(count, 1_000).join('')

export function bytesText(bytes: number): string {
  const [value, unit] = scaled(bytes, 1_024)
  return `${value} ${unit === '' ? 'bytes' : `${unit.toUpperCase()}iB`}`
}

export const costText = (usd: number): string =>
  usd === 0 ? '' : usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`

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

/** Made once: it takes longer than what it is used for. */
const NUMBER = new Intl.NumberFormat('en')

export const numberText = (count: number): string => NUMBER.format(count)

/** @returns `one` or `many` with its number in front */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`
