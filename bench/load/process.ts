/** The load process: holds the clients, so that what they cost is not measured as the server's. */
import { openGroup } from './group.ts'
import type { Order, Report } from './protocol.ts'

const groups = new Map<number, ReturnType<typeof openGroup>>()
const report = (message: Report): boolean => process.send!(message)

process.on('message', (order: Order) => {
  const { group } = order
  if (order.type === 'attach') {
    const opened = openGroup(order.spec, {
      onAttached: (ms) => report({ type: 'attached', group, ms }),
      onDone: () => report({ type: 'done', group }),
      onFailed: (error) => report({ type: 'failed', group, error }),
    })
    groups.set(group, opened)
  } else if (order.type === 'comeBack') groups.get(group)!.comeBack()
  else {
    report({ type: 'closed', group, result: groups.get(group)!.close() })
    groups.delete(group)
  }
})
