import { expect, test } from 'vitest'
import {
  AttachError,
  type AttachItem,
  type Attachment,
  type AttachOptions,
  type Event,
  RequestError,
  type Session,
} from '../../../src/client/index.ts'
import { createConversation } from '../../../src/web/state/conversation.ts'
import type { Kept } from '../../../src/web/state/kept.ts'

const textEvent = (id: number): Event => ({
  ...{ id, at: '2026-01-01T00:00:00.000Z', turn: 1, kind: 'text', text: `${id}`, block: id },
})
const events = (from: number, to: number): Event[] =>
  Array.from({ length: to - from + 1 }, (_, i) => textEvent(from + i))
const sessionAt = (lastEventId: number) =>
  ({ id: 's', title: 't', state: 'running', lastEventId, queue: [], approvals: [] }) as unknown as Session

/** A server that has a log up to `head`, and an attachment that says what it is told to. */
function start({ head = 9, kept = null as Kept | null, answers = [] as (Session | Error)[] } = {}) {
  const attached: AttachOptions[] = []
  const asked: unknown[] = []
  const saved: Kept[] = []
  const forgotten: string[] = []
  let reconnects = 0
  let gets = 0
  let give: (item: AttachItem | Error) => void = () => {}
  const items = new ReadableStream<AttachItem>({
    start(controller) {
      give = (item) => (item instanceof Error ? controller.error(item) : controller.enqueue(item))
    },
  })
  const conversation = createConversation({
    sessionId: 's',
    client: {
      sessions: {
        get: async () => {
          gets++
          const answer = answers.shift() ?? sessionAt(head)
          if (answer instanceof Error) throw answer
          return answer
        },
      } as never,
      events: async (_id, page) => {
        asked.push(page)
        const { after = -1, limit = 0 } = page!
        return { events: events(after + 1, after + limit), lastEventId: head, more: true }
      },
      attach: (_id, options = {}) => {
        attached.push(options)
        return Object.assign(items, { reconnect: () => void reconnects++ }) as unknown as Attachment
      },
    },
    keeper: {
      load: async () => kept,
      save: async (what) => void saved.push(what),
      forget: async (id) => void forgotten.push(id),
      leave: async () => void forgotten.push('all'),
    },
    // Behind all that has come so far.
    schedule: (draw) => setImmediate(draw),
    now: () => 0,
  })
  const { store } = conversation
  const context = () => store.getSnapshot().context
  return {
    ...{ conversation, attached, asked, saved, forgotten, context },
    reconnects: () => reconnects,
    gets: () => gets,
    give: (item: AttachItem | Error) => give(item),
    /** Fulfilled when the store says so. */
    until: (isSo: (now: ReturnType<typeof context>) => boolean) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!isSo(context())) return
          unsubscribe()
          resolve()
        }
        const { unsubscribe } = store.subscribe(look)
        look()
      }),
  }
}

test('a long log is attached to at its end; what is older is asked for, page by page', async () => {
  const world = start({ head: 1_000 })
  void world.conversation.run()
  await world.until(({ headId }) => headId === 1_000)
  await expect.poll(() => world.attached).toMatchObject([{ lastEventId: 600 }])
  for (const event of events(601, 1_000)) world.give({ type: 'event', event })
  await world.until((now) => now.events.at(-1)?.id === 1_000)
  await Promise.all([world.conversation.loadOlder(), world.conversation.loadOlder()])
  expect(world.asked).toEqual([{ after: 200, limit: 400 }])
  expect(world.context().events.map(({ id }) => id)).toEqual(events(201, 1_000).map(({ id }) => id))
  await world.conversation.loadOlder()
  expect(world.asked.at(-1)).toEqual({ limit: 201 })
  expect(world.context().events[0]!.id).toBe(0)
  await world.conversation.loadOlder()
  expect(world.asked).toHaveLength(2)
  world.conversation.end()
})

test('what was kept is shown at once, as what it is, and gone on from', async () => {
  const kept = { session: sessionAt(7), events: events(0, 7), at: '2026-01-01T00:00:00.000Z' }
  const world = start({ head: 9, kept })
  void world.conversation.run()
  await world.until(({ keptAt }) => keptAt === kept.at)
  expect(world.context().events).toHaveLength(8)
  await world.until(({ keptAt }) => keptAt === null)
  await expect.poll(() => world.attached).toMatchObject([{ lastEventId: 7 }])
  world.conversation.end()
})

test.for([
  ['so long ago that the end is more use', 5_000, 4_600],
  ['of a log that is longer than the server’s', 3, -1],
] as const)('what was kept %s is let go', async ([, head, from]) => {
  const kept = { session: sessionAt(7), events: events(0, 7), at: '2026-01-01T00:00:00.000Z' }
  const world = start({ head, kept })
  void world.conversation.run()
  await expect.poll(() => world.attached).toMatchObject([{ lastEventId: from }])
  expect(world.context().events).toEqual([])
  world.conversation.end()
})

test('a page that is opened in a tunnel asks again when it is told to', async () => {
  const unreachable = new RequestError({ status: 0, code: 'unreachable', detail: '' })
  const answers = [unreachable, unreachable]
  const world = start({ answers })
  void world.conversation.run()
  // Once while it waits, once while it asks.
  await world.until(({ link }) => link.state === 'reconnecting')
  world.conversation.reconnect()
  await expect.poll(() => answers).toEqual([])
  world.conversation.reconnect()
  await expect.poll(() => world.attached).toHaveLength(1)
  world.conversation.reconnect()
  expect(world.reconnects()).toBe(1)
  world.conversation.end()
})

test('a log that begins anew is shown from its beginning', async () => {
  const world = start({ head: 1 })
  void world.conversation.run()
  await expect.poll(() => world.attached).toHaveLength(1)
  for (const event of events(0, 1)) world.give({ type: 'event', event })
  world.give({ type: 'reset', reason: 'ahead', lastEventId: 0 })
  world.give({ type: 'event', event: textEvent(0) })
  await world.until((now) => now.events.length === 1)
  world.conversation.end()
})

test.for([
  [404, 'deleted', 's'],
  [401, 'out', 'all'],
] as const)('%i: the page says %s, and keeps nothing of it', async ([status, why, forgotten]) => {
  const world = start()
  const over = world.conversation.run()
  await expect.poll(() => world.attached).toHaveLength(1)
  world.give(new AttachError({ status, code: 'x', detail: '' }))
  await over
  expect(world.context()).toMatchObject({ gone: why, link: { state: 'ended' } })
  expect(world.forgotten).toEqual([forgotten])
  await world.conversation.keep()
  expect(world.saved).toEqual([])
})

test('the end of a turn asks for the session anew, unless that was told already, and once for many', async () => {
  const world = start({ head: 2 })
  void world.conversation.run()
  await expect.poll(() => world.attached).toHaveLength(1)
  const { at } = textEvent(0)
  const ends = [1, 2, 3, 4].map((id) => ({ id, at, turn: id, kind: 'turn_end' }) as unknown as Event)
  const before = world.gets()
  for (const event of [textEvent(0), ...ends.slice(0, 2)]) world.give({ type: 'event', event })
  await world.until((now) => now.events.length === 3)
  expect(world.gets()).toBe(before)
  for (const event of ends.slice(2)) world.give({ type: 'event', event })
  await world.until((now) => now.events.length === 5)
  expect(world.gets()).toBe(before + 1)
  world.conversation.end()
})

test('what is there when the page goes is kept', async () => {
  const world = start({ head: 1 })
  void world.conversation.run()
  await expect.poll(() => world.attached).toHaveLength(1)
  for (const event of events(0, 1)) world.give({ type: 'event', event })
  await world.until((now) => now.events.length === 2)
  await world.conversation.keep()
  expect(world.saved).toMatchObject([{ session: { id: 's' }, events: [{ id: 0 }, { id: 1 }] }])
  world.conversation.end()
})
