/** `npm run fuzz-http -- [--requests N] [--seed N]`: 100,000 raw requests, after some to get warm, and what became of the server. */
import { parseArgs } from 'node:util'
import { chooseSeed } from '../chaos/random.ts'
import { startServer } from '../support/server.ts'
import { fuzz } from './fuzz.ts'

/** How much the memory of a server may differ, late from early in the run. */
const RSS_SHARE_MAX = 0.1

/** By then V8 and malloc have taken what they keep: measured, over 250,000 requests. */
const WARM_UP = 80_000

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } },
})
const seed = chooseSeed(values.seed)
const startedAt = performance.now()
await using server = await startServer()
const tally = await fuzz(server, {
  ...{ requests: Number(values.requests), warmUp: WARM_UP, seed, slowClients: 100 },
  say: (text) => process.stderr.write(`${text}\n`),
})
const { early, late } = tally.rssMiB
const ok = tally.failures === 0 && Math.abs(late / early - 1) <= RSS_SHARE_MAX
const seconds = Math.round((performance.now() - startedAt) / 1_000)
process.stdout.write(`${JSON.stringify({ ok, seed, seconds, ...tally })}\n`)
if (!ok) process.exitCode = 1
