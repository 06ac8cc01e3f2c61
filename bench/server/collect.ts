/** Loaded into each server that is measured: collects its garbage when the bench says so, and ends with the bench. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Until V8 has given back what it freed. */
const SETTLE_MS = 300

process.on('message', async () => {
  // The last resort gives back the pages as well: else what was garbage would be counted as held.
  globalThis.gc!({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  await sleep(SETTLE_MS)
  process.send!('collected')
})
// A bench that was ended leaves no servers behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// It must not hold the server up.
process.channel!.unref()
