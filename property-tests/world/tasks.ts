/**
 * Everything that takes its time on a simulated machine, a commit, a spawn, a delivery, as a task: which one is done
 * next is the scheduler's to choose, and so part of what a seed replays.
 */
import type { Scheduler } from 'fast-check'
import type { Recorder } from './recorder.ts'
import type { Time } from './time.ts'

export type Tasks = ReturnType<typeof createTasks>

/** What makes tasks for ever, and does not end, hangs. */
const TASKS_MAX = 20_000

export function createTasks(scheduler: Scheduler, time: Time, { see }: Pick<Recorder, 'see'>) {
  let done = 0
  return {
    /** Fulfilled when its time has come. */
    whenDue: (label: string): Promise<void> => scheduler.schedule(Promise.resolve(), label),
    /** Does tasks, and everything that follows from each, until there are none or `max` are done. */
    async run(max: number): Promise<void> {
      await time.settle()
      for (let count = 0; count < max && scheduler.count() > 0; count++) {
        see('tasks')
        if (done++ > TASKS_MAX) throw new Error('the tasks have no end')
        await scheduler.waitOne()
        await time.settle()
      }
    },
  }
}
