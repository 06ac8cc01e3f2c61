/** What a monitor wants to know of this server, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** @param turns how many turns run, and how many wait for a place */
export function createMetrics(turns: () => { running: number; waiting: number }) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'breakglass_turns',
    help: 'Turns by what they do',
    labelNames: ['state'],
    registers,
    collect() {
      const { running, waiting } = turns()
      this.set({ state: 'running' }, running)
      this.set({ state: 'waiting' }, waiting)
    },
  })
  return {
    registry,
    streams: new Gauge({ name: 'breakglass_streams', help: 'Attached event streams', registers }),
    requests: new Counter({
      name: 'breakglass_http_requests_total',
      help: 'Answered HTTP requests',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
