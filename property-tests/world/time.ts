/**
 * Simulated time: every timer of the platform, in the hands of a test. It stands below the code that it moves, which
 * calls `setTimeout` as ever. Owns no clock of its own accord: nothing passes unless it is told to.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'

/** One run of a server, from its start to its end: its timers die with it. */
export type Life = { name: string; alive: boolean }

type Timer = { due: number; order: number; every: number | null; call: () => void; owner: Life | undefined }

export type Time = ReturnType<typeof createTime>

/** When the simulated machine was started. */
const BOOT_MS = Date.parse('2026-11-22T10:00:00.000Z')
/** What goes on without time passing, and does not end, hangs. */
const ROUNDS_MAX = 20_000

const lives = new AsyncLocalStorage<Life | undefined>()
const realSetImmediate = globalThis.setImmediate

/** Everything that promises owe is done when the real event loop has turned. */
const microtasks = (): Promise<void> => new Promise((resolve) => void realSetImmediate(resolve))

export function createTime() {
  let now = 0
  let order = 0
  let immediates: { call: () => void; owner: Life | undefined }[] = []
  const timers = new Set<Timer>()

  const add = (call: () => void, ms: number, every: boolean) => {
    // As Node does it: nothing is due before a millisecond has passed.
    const delay = ms >= 1 ? Math.trunc(ms) : 1
    const timer: Timer = {
      ...{ due: now + delay, order: order++, every: every ? delay : null },
      ...{ call, owner: lives.getStore() },
    }
    timers.add(timer)
    const handle = {
      timer,
      ref: () => handle,
      unref: () => handle,
      hasRef: () => false,
      refresh() {
        Object.assign(timer, { due: now + delay, order: order++ })
        timers.add(timer)
        return handle
      },
    }
    return handle
  }

  const clear = (handle: { timer?: Timer } | undefined): void => {
    if (handle?.timer) timers.delete(handle.timer)
  }

  const immediate = (call: (...args: unknown[]) => void, ...args: unknown[]): object => {
    const entry = { call: () => call(...args), owner: lives.getStore() }
    immediates.push(entry)
    return entry
  }

  const run = ({ call, owner }: { call: () => void; owner: Life | undefined }): void => {
    if (owner === undefined || owner.alive) lives.run(owner, call)
  }

  const nextDue = (until: number): Timer | null => {
    let next: Timer | null = null
    for (const timer of timers) {
      if (timer.due > until) continue
      if (next === null || timer.due < next.due || (timer.due === next.due && timer.order < next.order))
        next = timer
    }
    return next
  }

  /** Everything that goes on without time passing. */
  const settle = async (): Promise<void> => {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      await microtasks()
      if (immediates.length === 0) return
      const due = immediates
      immediates = []
      for (const entry of due) run(entry)
    }
    throw new Error('something goes on for ever without time passing')
  }

  return {
    /** Milliseconds after the machine's start. */
    get now(): number {
      return now
    },
    date: (): Date => new Date(BOOT_MS + now),
    settle,
    /** Lets time pass, timer by timer. */
    async advance(ms: number): Promise<void> {
      const until = now + ms
      for (let timer = nextDue(until); timer !== null; timer = nextDue(until)) {
        now = timer.due
        if (timer.every === null) timers.delete(timer)
        else Object.assign(timer, { due: now + timer.every, order: order++ })
        run(timer)
        await settle()
      }
      now = until
    },
    /** Runs `work` as a part of a life: the timers that it sets, however much later, are that life's. */
    within: <T>(life: Life | undefined, work: () => T): T => lives.run(life, work),
    /** A life is over: nothing of it happens any more. */
    end(life: Life): void {
      life.alive = false
      for (const timer of timers) if (timer.owner === life) timers.delete(timer)
    },
    /** Puts the platform's timers into these hands. @returns how to give them back */
    takeOver(): () => void {
      const globals = {
        setTimeout: (call: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
          add(() => call(...args), ms, false),
        setInterval: (call: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
          add(() => call(...args), ms, true),
        clearTimeout: clear,
        clearInterval: clear,
        setImmediate: immediate,
        clearImmediate: (entry: object) => {
          immediates = immediates.filter((candidate) => candidate !== entry)
        },
      }
      const promises = {
        setTimeout: (ms: number, value: unknown) =>
          new Promise((resolve) => void add(() => resolve(value), ms, false)),
        setImmediate: (value: unknown) => new Promise((resolve) => void immediate(() => resolve(value))),
      }
      const before = Object.fromEntries(
        Object.keys(globals).map((name) => [name, Reflect.get(globalThis, name)]),
      )
      const beforePromises = { ...timersPromises }
      const performanceNow = performance.now
      Object.assign(globalThis, globals)
      Object.assign(timersPromises, promises)
      performance.now = () => now
      syncBuiltinESMExports()
      return () => {
        Object.assign(globalThis, before)
        Object.assign(timersPromises, beforePromises)
        performance.now = performanceNow
        syncBuiltinESMExports()
      }
    },
  }
}
