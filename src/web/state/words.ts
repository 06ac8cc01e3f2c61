/** How times and amounts are said, shortly. Pure. */

/** @param ms how long ago */
export function ageText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}

/** @returns nothing for what cost nothing */
export const costText = (usd: number): string =>
  usd === 0 ? '' : usd < 0.01 ? '< $0.01' : `$${usd.toFixed(2)}`
