/** Up to which turn the operator has dismissed what was left behind, per session. */
import type { Shelf } from './shelf.ts'

export const createSeen = (shelf: Shelf) => ({
  turn: (sessionId: string): number => Number(shelf.read(`seen.${sessionId}`) ?? 0),
  see: (sessionId: string, turn: number): void => shelf.write(`seen.${sessionId}`, String(turn)),
})
