/** Writes down what happens, and what was come to see. */
import type { Entry, Happening } from '../checkers/history.ts'
import type { Sights } from './sights.ts'
import type { Time } from './time.ts'

export type Recorder = ReturnType<typeof createRecorder>

export function createRecorder(time: Time, sights: Sights) {
  const history: Entry[] = []
  return {
    history,
    record(happening: Happening): void {
      history.push({ ...happening, at: time.now })
    },
    see(sight: keyof Sights, isSeen = true): void {
      if (isSeen) sights[sight]++
    },
  }
}
