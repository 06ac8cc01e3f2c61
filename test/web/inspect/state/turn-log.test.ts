import { expect, test } from 'vitest'
import { AttachError, type AttachItem, type Client, type Event } from '../../../../src/client/index.ts'
import { createTurnLog } from '../../../../src/web/inspect/state/turn-log.ts'
import { LIMITS } from '../../../../src/web/limits.ts'
import { end, logOf, START, text, USER } from '../log/turn.ts'

const ALL = logOf([USER, START, text('one'), text('two'), end('completed')])
const NEXT = logOf([USER], { first: 5, turn: 2 })
const added = (events: Event[]): AttachItem[] => events.map((event) => ({ type: 'event', event }))

/**
 * A log that is read, and then followed; when it is followed again, it is another one.
 * @param logs what is there each time that it is read
 * @param items what the stream adds
 */
async function read(logs: Event[][], items: AttachItem[] = [], error?: Error) {
  const draws: (() => void)[] = []
  const cursors: number[] = []
  let log: Event[] = []
  const client = {
    sessions: {
      async get() {
        log = logs.shift()!
        return { lastEventId: log.length - 1 }
      },
    },
    events: async (_: string, { after = -1, limit }: { after?: number; limit: number }) => ({
      events: log.slice(after + 1, after + 1 + limit),
      ...{ lastEventId: log.length - 1, more: after + 1 + limit < log.length },
    }),
    attach: (_: string, { lastEventId }: { lastEventId: number }) => ({
      reconnect: () => {},
      rest: () => {},
      async *[Symbol.asyncIterator]() {
        cursors.push(lastEventId)
        yield* items
        if (error) throw error
      },
    }),
  } as unknown as Client
  const turnLog = createTurnLog({
    ...{ client, sessionId: 's', turn: 1, now: () => 0 },
    schedule: (draw) => draws.push(draw),
  })
  await turnLog.run()
  const first = turnLog.store.getSnapshot().context
  for (const draw of draws) draw()
  const { recording, isRunning, problem } = turnLog.store.getSnapshot().context
  return { cursors, draws: draws.length, first, isRunning, problem, events: recording?.events }
}

test('a turn that has ended is read, and not followed', async () => {
  const { events, isRunning, cursors } = await read([ALL])
  expect(events).toEqual(ALL)
  expect([isRunning, cursors]).toEqual([false, []])
})

test('a turn that runs is followed from its newest event to its end, and drawn once for what comes at once', async () => {
  const { first, events, isRunning, cursors, draws } = await read(
    [ALL.slice(0, 3)],
    [{ type: 'caught-up', lastEventId: 2, state: 'running' }, ...added([...ALL.slice(3), ...NEXT])],
  )
  expect([first.recording?.events.length, first.isRunning]).toEqual([3, true])
  expect(events).toEqual(ALL)
  expect([isRunning, cursors, draws]).toEqual([false, [2], 1])
})

test('a turn without an end is over where the next one begins', async () => {
  const { events, isRunning } = await read([ALL.slice(0, 3)], added(NEXT))
  expect(events).toEqual(ALL.slice(0, 3))
  expect(isRunning).toBe(false)
})

test('no more of a turn is taken than a page can hold', async () => {
  const more = logOf(
    Array.from({ length: LIMITS.turnEventsMax }, () => text('x')),
    { first: 3 },
  )
  const { events, isRunning } = await read([ALL.slice(0, 3)], added(more))
  expect(events).toHaveLength(LIMITS.turnEventsMax)
  expect(isRunning).toBe(false)
})

test('a log that was restored from a backup is read anew', async () => {
  const reset: AttachItem = { type: 'reset', reason: 'ahead', lastEventId: 4 }
  const { events, isRunning } = await read([ALL.slice(0, 3), ALL], [reset, ...added(NEXT)])
  expect(events).toEqual(ALL)
  expect(isRunning).toBe(false)
})

test('why no more comes is said, below what came', async () => {
  const error = new AttachError({ status: 410, code: 'session_deleted', detail: 'no' })
  const { events, problem } = await read([ALL.slice(0, 3)], [], error)
  expect(events).toHaveLength(3)
  expect(problem).toBe('This session was deleted.')
})
