/** What a row of `npm run chaos` is: one promise, one way of breaking it, and a figure. */

export type Size = 'short' | 'full'

export type RowOptions = {
  /** `full` is what the promise is about; `short` is what CI has time for. */
  size: Size
  /** Says what goes on, for those who watch: to stderr, never part of the result. */
  say(text: string): void
}

export type RowResult = {
  ok: boolean
  /** What was measured, in words and numbers: "200 kills, 0 lost, 0 doubled, 0 reordered, 30 of 30 exit codes". */
  figure: string
  /** Whatever helps to understand a miss; JSON. */
  details?: unknown
}

export type Row = {
  /** One word or two, joined by a hyphen: what `--row` takes. */
  name: string
  /** The promise, in one line. */
  target: string
  /** Why it cannot be tried on this machine; null when it can. A row that is left out is never a pass. */
  unavailable?(): string | null
  run(options: RowOptions): Promise<RowResult>
}
