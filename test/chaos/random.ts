/** Randomness that can be had again: the same seed gives the same numbers. */
import { randomInt } from 'node:crypto'

/** From `CHAOS_SEED`, to run what was run before; else a fresh one. */
export function chooseSeed(given = process.env.CHAOS_SEED): number {
  if (given === undefined || given === '') return randomInt(2 ** 31)
  if (!/^\d{1,10}$/.test(given)) throw new Error(`CHAOS_SEED is ${given}, not a whole number`)
  return Number(given) >>> 0
}

/** @returns numbers from 0 to 1, by mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
