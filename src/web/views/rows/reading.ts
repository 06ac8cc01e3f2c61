/** What all rows of one conversation share: what somebody has unfolded in them, and whether time goes on. */
import { createContext, type VNode } from 'preact'
import { useContext, useReducer } from 'preact/hooks'
import type { Row } from '../../transcript/row.ts'

export type Reading = {
  /** What is unfolded, by row and part: a row that is scrolled away and back is as it was left. */
  unfolded: Map<string, number>
  /** Told before something grows because somebody wanted it to: they read there, and the end is not to pull them away. */
  onUnfold(): void
  /** Rows have rows in them. */
  showRow(row: Row): VNode
  /** Paths are shown from there on. */
  workspace: string
}

export const ReadingContext = createContext<Reading>(null as never)

/**
 * `isLive`: whether what is shown is what is; clocks stand still while nobody knows. `aheadMs`: how far this device's
 * clock is ahead of the times of events.
 */
export const ClockContext = createContext({ isLive: false, aheadMs: 0 })

/**
 * How far a part of a row is unfolded: 0 is not at all.
 * @param name of the part, unique in the conversation
 */
export function useFold(name: string): [steps: number, set: (steps: number) => void] {
  const { unfolded, onUnfold } = useContext(ReadingContext)
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const set = (steps: number): void => {
    onUnfold()
    unfolded.set(name, steps)
    draw(null as never)
  }
  return [unfolded.get(name) ?? 0, set]
}
