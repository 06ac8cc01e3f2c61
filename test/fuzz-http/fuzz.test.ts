import { expect, test } from 'vitest'
import { chooseSeed } from '../chaos/random.ts'
import { startServer } from '../support/server.ts'
import { fuzz } from './fuzz.ts'

test('no bytes that a client sends, or does not, make the server fail', async () => {
  await using server = await startServer()
  const seed = chooseSeed()
  const tally = await fuzz(server, { requests: 5_000, warmUp: 0, seed, slowClients: 20 })
  expect(tally.failures, `seed ${seed}`).toBe(0)
  expect(server.stderr).not.toContain('"level":50')
  // It was all there: what was served, refused by each gate, and not read at all.
  expect(Object.keys(tally.answers)).toEqual(
    expect.arrayContaining(['200', '400', '401', '403', '404', '415', '421', '431', 'none']),
  )
  expect(tally.slowClientsCutOff).toBeGreaterThanOrEqual(20)
})
