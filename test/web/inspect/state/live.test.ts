import { expect, test } from 'vitest'
import type { InspectItem, Inspection } from '../../../../src/client/index.ts'
import { AttachError } from '../../../../src/client/index.ts'
import type { InspectOptions } from '../../../../src/client/inspector.ts'
import { createLive } from '../../../../src/web/inspect/state/live.ts'
import { LIMITS } from '../../../../src/web/limits.ts'
import { step } from './steps.ts'

const INSPECTION: Inspection = {
  ...{ on: true, bodies: false, firstSeq: 0, nextSeq: 0, actors: [] },
  serverStartedAt: '2026-01-01T00:00:00.000Z',
}

/** A stream that says what a test has it say. */
async function follow(
  items: InspectItem[],
  { error, atOnce = true }: { error?: Error; atOnce?: boolean } = {},
) {
  let draws: (() => void)[] = []
  const live = createLive({
    client: {
      inspector: {
        set: () => Promise.reject(new Error('not asked for')),
        follow: (_id: string, { onStatus }: InspectOptions = {}) => ({
          reconnect: () => {},
          rest: () => {},
          async *[Symbol.asyncIterator]() {
            onStatus?.({ state: 'replaying', attempt: 0, servedAt: Date.now() - 60_000 })
            onStatus?.({ state: 'live', attempt: 0 })
            yield* items
            if (error) throw error
          },
        }),
      },
    },
    ...{ sessionId: 's', now: () => 0 },
    schedule: (draw) => (atOnce ? draws.push(draw) : draw()),
  })
  await live.run()
  const due = draws
  draws = []
  for (const draw of due) draw()
  return { draws: due.length, ...live.store.getSnapshot().context }
}

const steps = (count: number, from = 0): InspectItem[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'step', step: step(from + index, { to: 'session' }) }))

test('what comes at once is drawn at once', async () => {
  const live = await follow([
    { type: 'inspection', inspection: INSPECTION },
    ...steps(3),
    { type: 'caught-up' },
  ])
  expect(live.draws).toBe(1)
  expect(live.steps.map(({ seq }) => seq)).toEqual([0, 1, 2])
  expect(live.inspection).toEqual(INSPECTION)
})

test('whatever is told anew takes the place of all that was told', async () => {
  const again: InspectItem = { type: 'inspection', inspection: { ...INSPECTION, bodies: true } }
  const live = await follow([{ type: 'inspection', inspection: INSPECTION }, ...steps(3), again, ...steps(1)])
  expect(live.steps.map(({ seq }) => seq)).toEqual([0])
  expect(live.inspection?.bodies).toBe(true)
})

test.each([
  ['that is another server', '2026-01-01T00:01:00.000Z', '2026-01-01T00:01:00.000Z'],
  ['that somebody wanted', INSPECTION.serverStartedAt, null],
])(
  'an end of the watching is said to be by a restart when it was: one %s',
  async (_, startedAt, restartedAt) => {
    const told = (inspection: Partial<Inspection>): InspectItem => ({
      ...{ type: 'inspection', inspection: { ...INSPECTION, ...inspection } },
    })
    const items = [told({}), told({ on: false, serverStartedAt: startedAt })]
    expect((await follow(items)).restartedAt).toBe(restartedAt)
    // It is known until it is watched again.
    const off = told({ on: false, serverStartedAt: startedAt })
    expect((await follow([...items, off])).restartedAt).toBe(restartedAt)
    expect((await follow([...items, told({ serverStartedAt: startedAt })])).restartedAt).toBeNull()
  },
)

test('the newest are kept, as many as can be looked through', async () => {
  const live = await follow(steps(LIMITS.stepsKeptMax + 5))
  expect(live.steps.map(({ seq }) => seq).slice(0, 1)).toEqual([5])
  expect(live.steps).toHaveLength(LIMITS.stepsKeptMax)
})

test('what is drawn at once is known, without what was kept before', async () => {
  const kept: InspectItem[] = [
    { type: 'inspection', inspection: { ...INSPECTION, nextSeq: 3 } },
    ...steps(3),
    { type: 'caught-up' },
  ]
  expect((await follow([...kept, ...steps(2, 3)])).sinceSeq).toBe(3)
  expect((await follow([...kept, ...steps(2, 3)], { atOnce: false })).sinceSeq).toBe(4)
  expect((await follow(kept, { atOnce: false })).sinceSeq).toBe(3)
  const look: InspectItem = { type: 'processes', at: new Date().toISOString(), processes: [] }
  expect((await follow([...kept, ...steps(1, 3), look], { atOnce: false })).sinceSeq).toBe(3)
})

test('two looks at the processes are kept, and the server’s clock is by the newest', async () => {
  const look = (second: number): InspectItem => ({
    ...{ type: 'processes', at: new Date(Date.now() - second * 1_000).toISOString(), processes: [] },
  })
  const items = [look(30), look(20), look(10)]
  const { looks, clock } = await follow(items)
  expect(looks).toEqual([items[2], items[1]])
  expect(Math.round(clock.aheadMs / 1_000)).toBe(10)
})

test('a session that is gone is said to be', async () => {
  const error = new AttachError({ status: 404, code: 'session_not_found', detail: 'no' })
  expect(await follow([], { error })).toMatchObject({ gone: 'deleted', link: { state: 'ended' } })
})
