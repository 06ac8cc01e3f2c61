/** The load process as the bench sees it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { GroupResult, GroupSpec, Order, Report } from './protocol.ts'

export type Group = {
  /** Milliseconds from the first connection until all had caught up. */
  attached: Promise<number>
  /** Fulfilled when every client has the last event. */
  done: Promise<void>
  comeBack(): void
  close(): Promise<GroupResult>
}

export type Load = Awaited<ReturnType<typeof startLoad>>

export async function startLoad() {
  const child = fork(join(import.meta.dirname, 'process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const listeners = new Map<number, (report: Report) => void>()
  let groups = 0
  child.on('message', (report: Report) => listeners.get(report.group)?.(report))
  await once(child, 'spawn')

  return {
    attach(spec: GroupSpec): Group {
      const group = groups++
      const order = (message: Order): boolean => child.send(message)
      const attached = Promise.withResolvers<number>()
      const done = Promise.withResolvers<void>()
      const closed = Promise.withResolvers<GroupResult>()
      // Not everybody waits for each of them.
      for (const { promise } of [attached, done, closed]) promise.catch(() => {})
      listeners.set(group, (report) => {
        if (report.type === 'attached') attached.resolve(report.ms)
        if (report.type === 'done') done.resolve()
        if (report.type === 'closed') closed.resolve(report.result)
        if (report.type === 'failed')
          for (const { reject } of [attached, done, closed])
            reject(new Error(`a client failed: ${report.error}`))
      })
      order({ type: 'attach', group, spec })
      return {
        attached: attached.promise,
        done: done.promise,
        comeBack: () => void order({ type: 'comeBack', group }),
        close() {
          order({ type: 'close', group })
          return closed.promise.finally(() => listeners.delete(group))
        },
      }
    },
    async stop(): Promise<void> {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
