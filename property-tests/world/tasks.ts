/**
 * Everything that takes its time on a simulated machine, a commit, a spawn, a delivery, as a task. Which one is done next
 * is part of what a command says: with one order for a whole run, as of fast-check's scheduler, whatever is left out of
 * it would put all that follows in another one, and no failing run would get short.
 */
import type { Time } from './time.ts'

export type Tasks = ReturnType<typeof createTasks>

/** Which of the tasks that wait is done, one after the other: once through the picks, or again and again until all are. */
export type Order = { picks: readonly number[]; all: boolean }

/** All, oldest first. */
export const ALL: Order = { picks: [0], all: true }

/** What makes tasks for ever, and does not end, hangs. */
const TASKS_MAX = 20_000

export function createTasks(time: Time) {
  const waiting: { due: () => void }[] = []
  let done = 0

  const runOne = async (pick: number): Promise<void> => {
    const [task] = waiting.splice(pick % waiting.length, 1)
    if (done++ > TASKS_MAX) throw new Error('the tasks have no end')
    task!.due()
    await time.settle()
  }

  return {
    /** Fulfilled when its time has come. */
    whenDue: (): Promise<void> => new Promise((due) => void waiting.push({ due })),
    /** Does tasks, and everything that follows from each. */
    async run({ picks, all }: Order): Promise<void> {
      await time.settle()
      do for (const pick of picks) if (waiting.length > 0) await runOne(pick)
      while (all && waiting.length > 0)
    },
  }
}
