/** What a workload is: sides that do the same work, measured by turns; and what is demanded of ours. */
import type { Load } from './load/load.ts'

/** What one run measured, by the name of the figure. */
export type Sample = Record<string, number>

export type Side = {
  name: string
  /** Makes everything ready. `run` is called several times, by turns with those of the other sides. */
  open(context: Context): Promise<{ run(): Promise<Sample>; close(): Promise<void> }>
}

export type Context = {
  load: Load
  /** A small size, for a test that the bench itself works. */
  short: boolean
  /** Where servers are to leave their CPU profiles. */
  profileDir: string | undefined
}

/** A bound for one of our figures: a number, or a multiple of what another side has. */
export type Target = {
  figure: string
  unit: string
  /** How many digits behind the point are worth printing. */
  digits?: number
} & (
  | { against: string; atLeast: number }
  | { against: string; atMost: number }
  | { against?: never; atMost: number }
)

export type Workload = {
  name: string
  title: string
  /** @param size 1, 10 or 100: how many times the work. Ours comes first. Null when it cannot be done, and why. */
  sides(size: number, short: boolean): Side[] | { notDone: string }
  targets: Target[]
  /** Warm-up runs of each side, which do not count. One when nothing is said. */
  warmUps?: number
  /** Runs at most: for what takes minutes. */
  runsMax?: number
}
