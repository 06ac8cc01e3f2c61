import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'property-tests/**/*.test.ts'],
    exclude: ['test/agents/**'],
    globalSetup: ['test/support/build-web.ts', 'test/support/leaks.ts'],
    setupFiles: 'test/support/handles.ts',
    // Tests wait for processes and disks more than they compute: a core for vitest itself would stand idle.
    maxWorkers: availableParallelism(),
    // Real processes and fsyncs on a small machine: a limit against hangs, not a measure of speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
