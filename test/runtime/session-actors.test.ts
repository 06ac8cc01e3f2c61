import { expect, test } from 'vitest'
import { fromCallback } from 'xstate'
import type { PortCommand } from '../../src/machines/process-events.ts'
import type { PortSession } from '../../src/runtime/process/port.ts'
import { createSessionActors } from '../../src/runtime/session-actors.ts'
import { DELAYS, LEFTOVERS } from '../machines/port-events.ts'
import { collectGarbage } from '../support/collect.ts'

const INPUT = { turn: 0, leftovers: LEFTOVERS, approvalTimeoutMs: null }
const PROMPT = { type: 'PROMPT', text: 'go', agent: 'shell', model: null, delays: DELAYS } as const

const someSession = (): PortSession => ({
  turnContext: () => expect.unreachable(),
  durable: async () => {},
  onWriting() {},
})

/** Actors whose ports do nothing but find their sessions. */
function createFinding() {
  const found: PortSession[] = []
  const actors = createSessionActors((sessionOf) =>
    fromCallback<PortCommand, { turn: number }>(({ system }) => {
      found.push(sessionOf(system))
    }),
  )
  return { found, start: (session: PortSession) => actors.create(INPUT, session).start() }
}

test('sessions share their machines, and a turn finds the session that it is of', () => {
  const { found, start } = createFinding()
  const [one, other] = [someSession(), someSession()]
  const actors = [start(one), start(other)] as const
  expect(actors[0].logic).toBe(actors[1].logic)
  for (const actor of actors.toReversed()) actor.send(PROMPT)
  expect(found).toHaveLength(2)
  expect(found[0]).toBe(other)
  expect(found[1]).toBe(one)
  for (const actor of actors) actor.stop()
})

test('a session that nobody has goes, with its actor', async () => {
  const { found, start } = createFinding()
  const leave = (): WeakRef<PortSession> => {
    const session = someSession()
    start(session)
    return new WeakRef(session)
  }
  const left = leave()
  await collectGarbage()
  expect(left.deref()).toBeUndefined()
  expect(found).toEqual([])
})
