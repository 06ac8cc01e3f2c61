/** What a monitor wants to know of this server, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** @param turns how many turns run, and how many wait for a place */
export function createMetrics(turns: () => { running: number; waiting: number }) {
  const registry = new Registry()
  const registers = [registry]
  let isMonitored = false
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
    contentType: registry.contentType,
    /** In the exposition format of Prometheus. Node's own metrics begin with the first, and are in the second. */
    async text(): Promise<string> {
      const text = await registry.metrics()
      // They wake the server 100 times a second, to see how late its event loop is: not before anybody asks.
      if (!isMonitored) collectDefaultMetrics({ register: registry })
      isMonitored = true
      return text
    },
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
