import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'property-tests/**/*.test.ts'],
    exclude: ['test/agents/**'],
    globalSetup: ['test/support/build-web.ts', 'test/support/leaks.ts'],
    setupFiles: 'test/support/handles.ts',
    // Real processes and fsyncs on a small machine: a limit against hangs, not a measure of speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
