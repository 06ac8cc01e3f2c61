/** Millions of durations, kept as they are: no buckets that would round a percentile. */

export function createSamples() {
  let kept = new Float64Array(1024)
  let count = 0
  return {
    add(ms: number): void {
      if (count === kept.length) {
        const larger = new Float64Array(count * 2)
        larger.set(kept)
        kept = larger
      }
      kept[count++] = ms
    },
    summary() {
      const sorted = kept.subarray(0, count).sort()
      const at = (share: number): number => sorted[Math.floor((count - 1) * share)] ?? Number.NaN
      return { p50: at(0.5), p99: at(0.99), max: at(1), samples: count }
    },
  }
}
