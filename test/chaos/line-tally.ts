/** What became of lines that should have come once each, in order. */

export type LineTally = { lost: number; doubled: number; reordered: number; strange: number }

export function tallyLines(expected: readonly string[], seen: readonly string[]): LineTally {
  const place = new Map(expected.map((line, at) => [line, at]))
  const first = [...new Set(seen)].filter((line) => place.has(line))
  return {
    lost: expected.length - first.length,
    doubled: seen.filter((line) => place.has(line)).length - first.length,
    reordered: first.filter((line, at) => at > 0 && place.get(line)! < place.get(first[at - 1]!)!).length,
    strange: seen.filter((line) => !place.has(line)).length,
  }
}

export function sumTallies(tallies: readonly LineTally[]): LineTally {
  const sum = (of: keyof LineTally): number => tallies.reduce((total, tally) => total + tally[of], 0)
  return {
    lost: sum('lost'),
    doubled: sum('doubled'),
    reordered: sum('reordered'),
    strange: sum('strange'),
  }
}
