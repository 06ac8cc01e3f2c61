import { expect, test } from 'vitest'
import { checkLog } from '../../../../src/client/index.ts'
import type { Event } from '../../../../src/machines/events.ts'
import { readTurn } from '../../../../src/web/inspect/log/find-turn.ts'
import { readLogFile, turnOf, turnsOf } from '../../../../src/web/inspect/log/read-file.ts'
import { createRecording } from '../../../../src/web/inspect/state/recording.ts'
import { LIMITS } from '../../../../src/web/limits.ts'
import { asks, end, logOf, RESULT, resolved, START, text, USER } from './turn.ts'

/** Turns of different lengths; the third was queued. */
const LOG: Event[] = []
for (const [index, lines] of [3, 0, 7, 1].entries()) {
  const turn = index + 1
  if (turn === 3)
    LOG.push(
      ...logOf([{ kind: 'dequeued', promptId: 'p', reason: 'started' }], { first: LOG.length, turn: 2 }),
    )
  const said = Array.from({ length: lines }, (_, line) => text(`line ${line}`))
  LOG.push(...logOf([USER, START, ...said, end('completed')], { first: LOG.length, turn }))
}
const lastEventId = LOG.length - 1

/** The API's pages over a log, and how many were asked for. */
function serve(log: Event[], pageMax = 4) {
  let asked = 0
  return {
    get asked() {
      return asked
    },
    async events(_: string, { after = -1, limit = 1_000 }: { after?: number; limit?: number } = {}) {
      asked++
      const events = log.slice(after + 1, after + 1 + Math.min(limit, pageMax))
      return { events, lastEventId: log.length - 1, more: after + 1 + events.length < log.length }
    },
  }
}

const ids = (events: readonly Event[]): number[] => events.map(({ id }) => id)

test.each([1, 2, 3, 4])('turn %i is found and read to its end, however many pages it has', async (turn) => {
  const { events, isCut } = await readTurn(serve(LOG), { sessionId: 's', turn, lastEventId })
  expect(ids(events)).toEqual(ids(turnOf(LOG, turn)))
  expect(events.find(({ kind }) => kind === 'user')?.turn).toBe(turn)
  expect(isCut).toBe(false)
})

test('a turn that was queued begins with its leaving the queue', async () => {
  const { events } = await readTurn(serve(LOG), { sessionId: 's', turn: 3, lastEventId })
  expect(events.slice(0, 2).map(({ kind }) => kind)).toEqual(['dequeued', 'user'])
})

test.each([0, 9])('of a turn %i that is not there, nothing comes', async (turn) => {
  const { events } = await readTurn(serve(LOG), { sessionId: 's', turn, lastEventId })
  expect(events).toEqual([])
})

test('a turn is found by halves', async () => {
  const long = logOf(Array.from({ length: 10_000 }, () => text('x')))
  const server = serve([...long, ...logOf([USER, START], { first: 10_000, turn: 2 })])
  await readTurn(server, { sessionId: 's', turn: 2, lastEventId: 10_001 })
  expect(server.asked).toBeLessThan(20)
})

test('of a turn without end there is a beginning, and it is said to be one', async () => {
  const long = logOf([USER, START, ...Array.from({ length: LIMITS.turnEventsMax + 5 }, () => text('x'))])
  const server = serve(long, LIMITS.eventsOfPageMax)
  const { events, isCut } = await readTurn(server, { sessionId: 's', turn: 1, lastEventId: long.length - 1 })
  expect(isCut).toBe(true)
  expect(events).toHaveLength(LIMITS.turnEventsMax)
})

test('a file has the turns that were exported', () => {
  const { title, events } = readLogFile(JSON.stringify({ session: { title: 'disk full' }, events: LOG }))
  expect([title, turnsOf(events)]).toEqual(['disk full', [1, 2, 3, 4]])
  expect(ids(turnOf(events, 3))).toContain(ids(turnOf(LOG, 3))[0])
})

test('a damaged file is read as far as it goes, whatever stands in the place of anything', () => {
  const asked = [asks('a', '2026-01-01T00:01:00.000Z'), resolved('a', 'deadline')]
  const log = logOf([USER, START, text('one'), ...asked, RESULT, end('failed')])
  const odd = { toString: 1 }
  for (const [position, event] of log.entries())
    for (const field of Object.keys(event).filter((name) => !['id', 'at', 'kind'].includes(name))) {
      const damaged = log.with(position, { ...event, [field]: odd } as unknown as Event)
      const { events } = readLogFile(JSON.stringify({ events: damaged }))
      for (const turn of turnsOf(events)) {
        expect(typeof turn).toBe('number')
        expect(createRecording(turnOf(events, turn), false).steps.length).toBeGreaterThan(0)
      }
      checkLog(events)
    }
})

test.each(['', '[]', 'null', '{"events":{}}', '{"events":[{}]}', '# a transcript'])(
  'what is no log is told to be none: %s',
  (content) => expect(() => readLogFile(content)).toThrow(/^It is no /),
)
