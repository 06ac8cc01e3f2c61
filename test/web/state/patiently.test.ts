import { expect, test, vi } from 'vitest'
import { RequestError } from '../../../src/client/index.ts'
import { createRounds } from '../../../src/client/rounds.ts'
import { askPatiently } from '../../../src/web/state/patiently.ts'

const unreachable = new RequestError({ status: 0, code: 'unreachable', detail: '' })

test.for(['while nobody has answered', 'while it waits'])('asks at once when told to %s', async (when) => {
  // Of which none ever runs out: a wait that is not ended is one for ever.
  vi.useFakeTimers()
  const rounds = createRounds(undefined)
  let asked = 0
  const ask = async (): Promise<string> => {
    if (++asked > 3) return 'there'
    if (when === 'while nobody has answered') rounds.again()
    throw unreachable
  }
  let waits = 0
  const onWait = (): void => {
    waits++
    if (when === 'while it waits') queueMicrotask(() => rounds.again())
  }
  expect(await askPatiently(ask, rounds, onWait)).toBe('there')
  expect(waits).toBe(3)
  vi.useRealTimers()
})
