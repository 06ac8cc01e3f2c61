/** What a property is to those who run it: vitest, `npm run fuzz` and `npm run mutants`. Knows none of them. */
import type { IAsyncProperty, IProperty } from 'fast-check'

/** What a property did, over all of its runs. `sights` are what it must have come to see; each begins at 0. */
export type Tally = { commands: number; faults: number; sights: Record<string, number> }

type Opened = {
  // biome-ignore lint/suspicious/noExplicitAny: whatever it is about
  check: IProperty<any> | IAsyncProperty<any>
  /** Ends what `open` has begun. */
  close?(): Promise<void>
}

export type Property = {
  name: string
  /** What holds; a sentence. */
  title: string
  /** How many runs `npm test` makes, and each round of `npm run fuzz`. */
  runs: number
  /** Real processes: the same seed sends the same commands, but need not find the same again. */
  isReal?: true
  /** Makes what all of its runs share, and counts in the tally. */
  open(tally: Tally): Opened | Promise<Opened>
}
