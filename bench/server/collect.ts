/** Loaded into each server that is measured: collects its garbage when the bench says so. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Until V8 has given back what it freed. */
const SETTLE_MS = 300

process.on('message', async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc!()
    await sleep(SETTLE_MS / 3)
  }
  process.send!('collected')
})
// It must not hold the server up.
process.channel!.unref()
