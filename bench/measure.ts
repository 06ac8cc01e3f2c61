/** Runs a workload: warms all sides up, measures them by turns, so that what else the machine does hits all, and judges. */
import type { Context, Sample, Side, Target, Workload } from './workload.ts'

export type Judged = {
  figure: string
  unit: string
  digits: number
  ours: number
  /** By side. */
  others: Record<string, number>
  /** As a text: `≥ 1 × floor`. */
  target: string
  /** Ours by theirs, where the target is a multiple of what another side has. */
  ratio: number | null
  met: boolean
}

export type Measured = {
  name: string
  title: string
  size: number
  runs: number
  figures: Judged[]
  /** All that was measured, the medians, by side and figure; with what has no target. */
  sides: Record<string, Sample>
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const medians = (samples: readonly Sample[]): Sample =>
  Object.fromEntries(
    Object.keys(samples[0] ?? {}).map((figure) => [figure, median(samples.map((sample) => sample[figure]!))]),
  )

function judge(target: Target, ours: string, sides: Record<string, Sample>): Judged {
  const { figure, unit, digits = 1, against } = target
  const own = sides[ours]![figure]!
  const ratio = against === undefined ? null : own / sides[against]![figure]!
  const measured = ratio ?? own
  const [sign, bound, met] =
    'atLeast' in target
      ? ['≥', target.atLeast, measured >= target.atLeast]
      : ['≤', target.atMost, measured <= target.atMost]
  const others = Object.entries(sides).filter(([name, sample]) => name !== ours && figure in sample)
  return {
    ...{ figure, unit, digits, ratio, met },
    ours: own,
    others: Object.fromEntries(others.map(([name, sample]) => [name, sample[figure]!])),
    target: `${sign} ${bound}${against === undefined ? ` ${unit}` : ` × ${against}`}`,
  }
}

export async function measure(
  workload: Workload,
  sides: Side[],
  { size, runs, context, say }: { size: number; runs: number; context: Context; say: (text: string) => void },
): Promise<Measured> {
  const opened: { name: string; samples: Sample[]; run(): Promise<Sample>; close(): Promise<void> }[] = []
  try {
    for (const side of sides) opened.push({ name: side.name, samples: [], ...(await side.open(context)) })
    const warmUps = context.short ? 0 : (workload.warmUps ?? 1)
    for (let i = 0; i < warmUps; i++) for (const side of opened) await side.run()
    for (let i = 0; i < runs; i++)
      for (const side of opened) {
        const sample = await side.run()
        side.samples.push(sample)
        const figures = Object.entries(sample).map(([name, value]) => `${name} ${value.toPrecision(4)}`)
        say(`${workload.name} ×${size}  ${side.name.padEnd(26)} ${figures.join(', ')}`)
      }
  } finally {
    for (const side of opened) await side.close()
  }
  const bySide = Object.fromEntries(opened.map(({ name, samples }) => [name, medians(samples)]))
  const targets = workload.targets.filter(
    ({ figure, against = sides[0]!.name }) => bySide[against]?.[figure] !== undefined,
  )
  return {
    ...{ name: workload.name, title: workload.title, size, runs, sides: bySide },
    figures: targets.map((target) => judge(target, sides[0]!.name, bySide)),
  }
}
