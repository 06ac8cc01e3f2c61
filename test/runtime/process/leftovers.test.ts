import { expect, test, vi } from 'vitest'
import { LIMITS } from '../../../src/runtime/limits.ts'
import type { Left } from '../../../src/runtime/process/killer.ts'
import { findLeftovers } from '../../../src/runtime/process/leftovers.ts'

const left = (...pids: number[]): Left => pids.map((pid) => ({ pid }))

/** A killer that finds these alive, look by look; the last for ever. It must not be asked to signal. */
function killerOver(looks: Left[], orphans: Left = []) {
  const rest = [...looks]
  return {
    note: vi.fn(),
    signal: vi.fn(),
    alive: vi.fn(() => (rest.length > 1 ? rest.shift()! : rest[0]!)),
    orphans: vi.fn(() => orphans),
  }
}

test('a turn without processes leaves nothing behind', async () => {
  expect(await findLeftovers(null)).toEqual({ alive: [], orphans: [] })
})

test('tools that follow their agent are waited for, as long as any is there and no longer', async () => {
  const killer = killerOver([left(1, 2), left(1), left(1), []])
  expect(await findLeftovers(killer)).toEqual({ alive: [], orphans: [] })
  expect(killer.alive).toHaveBeenCalledTimes(4)
  const gone = killerOver([[]])
  await findLeftovers(gone)
  expect(gone.alive).toHaveBeenCalledTimes(1)
})

test('what does not follow is left behind after a while, and nothing was done to it', async () => {
  const killer = killerOver([left(1, 2), left(1)], left(9))
  expect(await findLeftovers(killer)).toEqual({ alive: left(1), orphans: left(9) })
  expect(killer.alive).toHaveBeenCalledTimes(1 + LIMITS.leftoverSettleMs / LIMITS.killScanMs)
  expect(killer.signal).not.toHaveBeenCalled()
})

test('what may be the turn’s is given the same time to go', async () => {
  const killer = killerOver([[]])
  killer.orphans.mockReturnValueOnce(left(7)).mockReturnValueOnce(left(7))
  expect(await findLeftovers(killer)).toEqual({ alive: [], orphans: [] })
  expect(killer.orphans).toHaveBeenCalledTimes(3)
})
