/** How long a server takes until it answers, with much to remember and with nothing. */
import type { Workload } from '../workload.ts'
import { overLogsAnew } from './seeded.ts'

const SESSIONS = 10_000
const EVENTS_EACH = 100
const NONE = 'the start with none'
const TIME = { figure: 'until it has answered', unit: 'ms', digits: 0 }

const startWith = (name: string, logs: number[]) =>
  overLogsAnew(name, logs, async ({ server }) => {
    const listening = performance.now()
    await server.ask('GET', '/healthz')
    return {
      [TIME.figure]: server.process.startMs + performance.now() - listening,
      'until it listens, ms': server.process.startMs,
    }
  })

export const start: Workload = {
  name: 'start',
  title: 'start with 10,000 sessions and 10⁶ events',
  sides(size, short) {
    if (size > 1) return { notDone: 'more sessions than a server has' }
    const sessions = short ? SESSIONS / 10 : SESSIONS
    return [
      startWith(
        'breakglass',
        Array.from({ length: sessions }, () => EVENTS_EACH),
      ),
      startWith(NONE, []),
    ]
  },
  targets: [{ ...TIME, against: NONE, atMost: 1.5 }],
}
