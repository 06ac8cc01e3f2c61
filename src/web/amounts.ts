/** Amounts in the few characters that a phone has for them. */

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

/** @returns nothing for what cost nothing */
export const costText = (usd: number): string =>
  usd === 0 ? '' : usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`

/** Made once: it takes longer than what it is used for. */
const NUMBER = new Intl.NumberFormat('en')

export const numberText = (count: number): string => NUMBER.format(count)

/** @returns `one` or `many` with its number in front */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`
