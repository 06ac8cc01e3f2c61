/** Stops and answers on their way, and what is shown of what has arrived. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type AnswerInput,
  type Event,
  RequestError,
  type Resolution,
  type Session,
} from '../../../src/client/index.ts'
import { createAnswers } from '../../../src/web/state/answers.ts'
import type { Waiting } from '../../../src/web/state/outbox.ts'
import { isShown, seemsShown } from '../../../src/web/state/shown.ts'
import { createStops } from '../../../src/web/state/stops.ts'
import { survivorsOf } from '../../../src/web/state/survivors.ts'
import { createDevice } from './memory-shelf.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const offline = (): never => {
  throw new RequestError({ status: 0, code: 'unreachable', detail: 'no' })
}
const settle = () => vi.advanceTimersByTimeAsync(0)
let keys = 0
const newKey = () => `key ${++keys}`

describe('a stop', () => {
  function createWorld() {
    const session = { state: 'running', turn: 3 } as Session
    const world = { session, isOnline: true, cancels: [] as (string | undefined)[] }
    const device = createDevice()
    const client = {
      cancel: async (_: string, { idempotencyKey }: { idempotencyKey?: string } = {}) => {
        world.cancels.push(idempotencyKey)
        if (!world.isOnline) offline()
        return { cancelled: world.session.state !== 'idle' }
      },
      sessions: { get: async () => (world.isOnline ? world.session : offline()) } as never,
    }
    const visit = () => createStops({ client, shelf: device.open(), newKey })
    const stops = visit()
    return { world, stops, visit, state: () => stops.store.getSnapshot().context.s?.state }
  }

  it('goes out at once, whatever is known of the session', async () => {
    const { world, stops, state } = createWorld()
    void stops.stop('s', 3, true)
    await settle()
    expect([world.cancels.length, state()]).toEqual([1, 'asked'])
  })

  it('waits for the network, and stops the same turn when it is back', async () => {
    const { world, stops, state } = createWorld()
    world.isOnline = false
    void stops.stop('s', 3, true)
    await settle()
    expect(state()).toBe('waiting')
    world.isOnline = true
    stops.wake()
    await settle()
    expect(state()).toBe('asked')
    expect(new Set(world.cancels).size).toBe(1)
  })

  it('that waits when the page goes is sent by the next one, under its key, and by none after that', async () => {
    const { world, stops, visit } = createWorld()
    world.isOnline = false
    void stops.stop('s', 3, true)
    await settle()
    const next = visit()
    expect(next.store.getSnapshot().context.s).toEqual({ turn: 3, state: 'waiting', problem: null })
    world.isOnline = true
    next.wake()
    await settle()
    expect(next.store.getSnapshot().context.s?.state).toBe('asked')
    expect(new Set(world.cancels).size).toBe(1)
    world.cancels.length = 0
    visit().wake()
    await settle()
    expect(world.cancels).toEqual([])
  })

  it.each<[string, Partial<Session>]>([
    ['has ended meanwhile', { state: 'idle' }],
    ['was followed by another', { turn: 4 }],
  ])('does not go out late for a turn that %s', async (_, change) => {
    const { world, stops, state } = createWorld()
    world.isOnline = false
    void stops.stop('s', 3, true)
    await settle()
    world.cancels.length = 0
    Object.assign(world, { isOnline: true, session: { ...world.session, ...change } })
    stops.wake()
    await settle()
    expect([world.cancels, state()]).toEqual([[], 'over'])
  })

  it('asks first which turn runs when the page is not live', async () => {
    const { world, stops, state } = createWorld()
    void stops.stop('s', 2, false)
    await settle()
    expect([world.cancels, state()]).toEqual([[], 'over'])
  })

  it.each([
    ['goes out all the same when a turn before has ended', 's', 2, 1],
    ['goes out all the same when a turn elsewhere has ended', 'other', 9, 1],
    ['is forgotten when its turn has ended', 's', 3, 0],
  ] as const)('%s', async (_, sessionId, turn, cancels) => {
    const { world, stops } = createWorld()
    world.isOnline = false
    void stops.stop('s', 3, true)
    await settle()
    stops.ended(sessionId, turn)
    Object.assign(world, { isOnline: true, cancels: [] })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(world.cancels).toHaveLength(cancels)
  })

  it('that is tapped again while it waits is tried at once, under the same key', async () => {
    const { world, stops } = createWorld()
    world.isOnline = false
    void stops.stop('s', 3, true)
    await settle()
    world.isOnline = true
    void stops.stop('s', 3, true)
    await settle()
    expect(new Set(world.cancels).size).toBe(1)
    expect(world.cancels).toHaveLength(2)
  })

  it('that was refused says so', async () => {
    const stops = createStops({
      client: {
        cancel: () => Promise.reject(new RequestError({ status: 410, code: 'session_deleted', detail: 'x' })),
        sessions: {} as never,
      },
      shelf: createDevice().open(),
      newKey,
    })
    await stops.stop('s', 3, true)
    expect(stops.store.getSnapshot().context.s).toEqual({
      ...{ turn: 3, state: 'failed', problem: 'This session was deleted.' },
    })
  })
})

describe('an answer', () => {
  const allow: AnswerInput = { decision: 'allow' }
  function createWorld(answer: () => Promise<Resolution>) {
    const given: AnswerInput[] = []
    const device = createDevice()
    const client = {
      answer: (_: string, __: string, input: AnswerInput) => {
        given.push(input)
        return answer()
      },
    }
    const visit = () => createAnswers({ client, shelf: device.open(), newKey })
    const answers = visit()
    return { answers, given, visit, told: () => answers.store.getSnapshot().context.a }
  }
  const taken = async () => ({}) as Resolution

  it('is sent once, however often it is tapped', async () => {
    const { answers, given, told } = createWorld(taken)
    void answers.give('s', 'a', allow)
    void answers.give('s', 'a', { decision: 'deny' })
    await settle()
    expect(given).toMatchObject([{ decision: 'allow' }])
    expect(told()).toMatchObject({ decision: 'allow', state: 'taken' })
  })

  it('says that it waits for the network, and goes out under its key when that is back', async () => {
    let isOnline = false
    const { answers, given, told } = createWorld(async () => (isOnline ? taken() : offline()))
    void answers.give('s', 'a', allow)
    await settle()
    expect(told()).toMatchObject({ state: 'waiting' })
    isOnline = true
    answers.wake()
    await settle()
    expect(told()).toMatchObject({ state: 'taken' })
    expect(new Set(given.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  })

  it('can be taken back while it waits, and be another one then', async () => {
    const { answers, given, told } = createWorld(async () => offline())
    void answers.give('s', 'a', allow)
    await settle()
    answers.takeBack('a')
    given.length = 0
    await vi.advanceTimersByTimeAsync(60_000)
    expect([given, told()]).toEqual([[], undefined])
    void answers.give('s', 'a', { decision: 'deny' })
    await settle()
    expect(told()).toMatchObject({ decision: 'deny', state: 'waiting' })
  })

  it('that waits when the page goes is sent by the next one, under its key, and by none after that', async () => {
    let isOnline = false
    const { answers, given, visit } = createWorld(async () => (isOnline ? taken() : offline()))
    void answers.give('s', 'a', { decision: 'deny', message: 'Not now' })
    await settle()
    const next = visit()
    const told = () => next.store.getSnapshot().context.a
    expect(told()).toMatchObject({ decision: 'deny', state: 'waiting' })
    isOnline = true
    next.wake()
    await settle()
    expect(told()).toMatchObject({ state: 'taken' })
    expect(given).toHaveLength(2)
    expect(given[1]).toEqual(given[0])
    visit().wake()
    await settle()
    expect(given).toHaveLength(2)
  })

  it('that another tab has taken back is sent by none', async () => {
    const { answers, given, visit } = createWorld(async () => offline())
    void answers.give('s', 'a', allow)
    const other = visit()
    other.wake()
    await settle()
    answers.takeBack('a')
    given.length = 0
    await vi.advanceTimersByTimeAsync(60_000)
    expect([given, other.store.getSnapshot().context.a]).toEqual([[], undefined])
  })

  it('that came too late knows whose was first', async () => {
    const resolution = { approvalId: 'a', decision: 'deny', by: 'Tablet', message: '' }
    const problem = { status: 409, code: 'already_resolved', detail: 'x', problem: { resolution } }
    const { answers, told } = createWorld(() => Promise.reject(new RequestError(problem)))
    await answers.give('s', 'a', allow)
    expect(told()).toMatchObject({ state: 'late', resolution })
  })

  it('that is refused can be given again', async () => {
    const refusal = new RequestError({ status: 400, code: 'bad_request', detail: 'No' })
    const { answers, given, told } = createWorld(() => Promise.reject(refusal))
    await answers.give('s', 'a', allow)
    expect(told()).toMatchObject({ state: 'refused', problem: 'No.' })
    await answers.give('s', 'a', allow)
    expect(given).toHaveLength(2)
  })
})

describe('a prompt of the outbox', () => {
  const prompt = {
    prompt: 'df',
    state: 'sent',
    answer: null,
    wasTried: true,
    afterId: 4,
  } as unknown as Waiting
  const event = (id: number, more: object) => ({ id, ...more }) as Event
  const known = (...events: Event[]) => ({ events, session: { queue: [] } as unknown as Session })

  it('is shown when its turn’s first event is', () => {
    const started = { ...prompt, answer: { turn: 1, eventId: 7 } }
    expect(isShown(started, known(event(6, {})))).toBe(false)
    expect(isShown(started, known(event(6, {}), event(7, {})))).toBe(true)
  })

  it('is shown when it is in the queue, or was', () => {
    const queued: Waiting = { ...prompt, answer: { queued: true, promptId: 'p', position: 1 } }
    expect(isShown(queued, known())).toBe(false)
    expect(isShown(queued, known(event(5, { kind: 'user', promptId: 'p' })))).toBe(true)
    const session = { queue: [{ promptId: 'p' }] } as Session
    expect(isShown(queued, { ...known(), session })).toBe(true)
  })

  it('seems shown by an event with its words, which came behind it and is no other prompt’s', () => {
    const own = event(5, { kind: 'user', text: 'df' })
    expect(seemsShown(prompt, known(own), [])).toBe(true)
    expect(seemsShown({ ...prompt, wasTried: false }, known(own), [])).toBe(false)
    expect(seemsShown({ ...prompt, afterId: 5 }, known(own), [])).toBe(false)
    expect(seemsShown(prompt, known(own), [5])).toBe(false)
    const queued = event(5, { kind: 'queued', text: 'df', promptId: 'p' })
    expect(seemsShown(prompt, known(queued), [])).toBe(true)
    expect(seemsShown(prompt, known(queued), ['p'])).toBe(false)
  })
})

describe('what a stop left behind', () => {
  const log = (...records: object[]) => records.map((record, id) => ({ id, turn: 1, ...record }) as Event)
  const notice = { kind: 'notice', code: 'survivors', text: 'Not even SIGKILL ended 7: sleep' }
  const end = { kind: 'turn_end', outcome: 'cancelled', survivors: 1 }

  it('is named until it was seen', () => {
    expect(survivorsOf(log(notice, end), 0)).toEqual({ turn: 1, count: 1, names: [notice.text] })
    expect(survivorsOf(log(notice, end), 1)).toBeNull()
  })
  it('is nothing where nothing is left, or nobody stopped it', () => {
    expect(survivorsOf(log({ ...end, survivors: 0 }), 0)).toBeNull()
    expect(survivorsOf(log({ ...end, outcome: 'completed' }), 0)).toBeNull()
  })
})
