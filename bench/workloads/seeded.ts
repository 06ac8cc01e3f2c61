/** Sides of ours over logs that were there before the server started. */
import { rmSync } from 'node:fs'
import { startOurs } from '../ours.ts'
import { seed } from '../seed.ts'
import type { Context, Sample, Side } from '../workload.ts'

type Seeded = { server: Awaited<ReturnType<typeof startOurs>>; ids: string[]; context: Context }

/** One server for all runs. */
export const overLogs = (logs: number[], run: (seeded: Seeded) => Promise<Sample>): Side => ({
  name: 'breakglass',
  async open(context) {
    const { dataDir, ids } = await seed(logs)
    const server = await startOurs({ dataDir, profileDir: context.profileDir })
    return {
      run: () => run({ server, ids, context }),
      async close() {
        await server.close()
        rmSync(dataDir, { recursive: true })
      },
    }
  },
})

/** A server for each run, on what the last one left. */
export const overLogsAnew = (
  name: string,
  logs: number[],
  run: (seeded: Seeded) => Promise<Sample>,
): Side => ({
  name,
  async open(context) {
    const { dataDir, ids } = await seed(logs)
    return {
      async run() {
        const server = await startOurs({ dataDir, profileDir: context.profileDir })
        try {
          return await run({ server, ids, context })
        } finally {
          await server.close()
        }
      },
      close: async () => rmSync(dataDir, { recursive: true }),
    }
  },
})
