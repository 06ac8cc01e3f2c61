import perfHooks from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { createMetrics } from '../../src/http/metrics.ts'

test('the event loop is looked at from the first time that anybody asks, and told from the second', async () => {
  const monitor = vi.spyOn(perfHooks, 'monitorEventLoopDelay')
  const { text } = createMetrics(() => ({ running: 2, waiting: 1 }))
  expect(monitor).not.toHaveBeenCalled()
  const first = await Promise.all([text(), text()])
  for (const metrics of first) {
    expect(metrics).toMatch(/^breakglass_turns\{state="running"\} 2$/m)
    // Before it was looked at, its least lag is 292 years.
    expect(metrics).not.toContain('nodejs_eventloop_lag')
  }
  expect(await text()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  expect(monitor).toHaveBeenCalledTimes(1)
})
