import perfHooks from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { createMetrics } from '../../src/http/metrics.ts'

test('the event loop is not looked at before anybody asks, and then once', async () => {
  const monitor = vi.spyOn(perfHooks, 'monitorEventLoopDelay')
  const { text } = createMetrics(() => ({ running: 2, waiting: 1 }))
  expect(monitor).not.toHaveBeenCalled()
  expect(await text()).toMatch(/^breakglass_turns\{state="running"\} 2$/m)
  expect(await text()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  expect(monitor).toHaveBeenCalledTimes(1)
})
