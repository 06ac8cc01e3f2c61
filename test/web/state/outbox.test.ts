import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type PromptAnswer, type PromptInput, RequestError } from '../../../src/client/index.ts'
import type { Exclusive } from '../../../src/web/state/exclusive.ts'
import { createOutbox } from '../../../src/web/state/outbox.ts'
import type { Shelf } from '../../../src/web/state/shelf.ts'
import { createDevice } from './memory-shelf.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const OFFLINE = new RequestError({ status: 0, code: 'unreachable', detail: 'no' })
const TOO_LONG = new RequestError({ status: 413, code: 'prompt_too_large', detail: 'no' })
const content = (prompt: string, sessionId = 's') => ({ sessionId, prompt, files: [], afterId: -1 })

/** Each name's acts, one behind the other: over all tabs, as the browser does it. */
function createLocks(): Exclusive {
  const last = new Map<string, Promise<unknown>>()
  return (name, act) => {
    const done = (last.get(name) ?? Promise.resolve()).then(act)
    last.set(name, done)
    return done
  }
}

function createWorld() {
  const device = createDevice()
  const exclusive = createLocks()
  const sent: (PromptInput & { sessionId: string })[] = []
  const refused = vi.fn()
  let keys = 0
  let answer = async (_: PromptInput): Promise<PromptAnswer> => ({ turn: 1, eventId: sent.length })
  const openTab = (shelf: Shelf = device.open(), locks = exclusive) =>
    createOutbox({
      client: {
        prompt: async (sessionId, input) => {
          sent.push({ ...input, sessionId })
          return answer(input)
        },
      },
      ...{ shelf, exclusive: locks, refused, newKey: () => `key ${++keys}`, now: () => keys },
    })
  return {
    ...{ device, sent, refused, openTab },
    answerWith: (how: typeof answer): void => {
      answer = how
    },
    fail: (error: unknown): void => {
      answer = () => Promise.reject(error)
    },
  }
}
const settle = () => vi.advanceTimersByTimeAsync(0)
const states = (outbox: ReturnType<typeof createOutbox>) =>
  outbox.store.getSnapshot().context.prompts.map(({ prompt, state }) => `${prompt}: ${state}`)

it('is on the device before it is sent, and gone from there when the server has it', async () => {
  const { device, sent, openTab, answerWith } = createWorld()
  let keptWhenSent = 0
  answerWith(async () => {
    keptWhenSent = Object.keys(device.kept).length
    return { turn: 1, eventId: 0 }
  })
  const outbox = openTab()
  outbox.post(content('df'))
  await settle()
  expect(sent).toMatchObject([{ prompt: 'df', whenBusy: 'queue', idempotencyKey: 'key 1' }])
  expect([keptWhenSent, device.kept]).toEqual([1, {}])
  expect(states(outbox)).toEqual(['df: sent'])
  outbox.shown('key 1')
  expect(states(outbox)).toEqual([])
})

it('is tried until it is answered, always under its own key', async () => {
  const { sent, openTab, fail, answerWith } = createWorld()
  fail(OFFLINE)
  const outbox = openTab()
  outbox.post(content('df'))
  await settle()
  expect(outbox.store.getSnapshot().context.prompts).toMatchObject([
    { state: 'waiting', problem: 'The server cannot be reached.', wasTried: true },
  ])
  await vi.advanceTimersByTimeAsync(120_000)
  expect(sent.length).toBeGreaterThan(3)
  answerWith(async () => ({ turn: 1, eventId: 0 }))
  outbox.wake()
  await settle()
  expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set(['key 1']))
  expect(states(outbox)).toEqual(['df: sent'])
})

it('goes out at once when the network is back', async () => {
  const { sent, openTab, fail } = createWorld()
  fail(OFFLINE)
  const outbox = openTab()
  outbox.post(content('df'))
  await settle()
  const before = sent.length
  outbox.wake()
  await settle()
  expect(sent).toHaveLength(before + 1)
})

it('keeps the order of a session’s prompts, and lets no session wait for another', async () => {
  const { sent, openTab, answerWith, fail } = createWorld()
  fail(OFFLINE)
  const outbox = openTab()
  for (const prompt of ['a', 'b', 'c']) outbox.post(content(prompt))
  await settle()
  expect(sent.every(({ prompt }) => prompt === 'a')).toBe(true)
  outbox.post(content('x', 'other'))
  await settle()
  expect(sent.at(-1)!.prompt).toBe('x')
  sent.length = 0
  answerWith(async () => ({ turn: 1, eventId: 0 }))
  outbox.wake()
  await settle()
  expect(sent.filter(({ sessionId }) => sessionId === 's').map(({ prompt }) => prompt)).toEqual([
    'a',
    'b',
    'c',
  ])
})

it('goes out once from two tabs, and after a reload', async () => {
  const { sent, openTab, fail, answerWith } = createWorld()
  fail(OFFLINE)
  const [one, two] = [openTab(), openTab()]
  one.post(content('df'))
  await settle()
  expect(states(two)).toEqual(['df: waiting'])
  const three = openTab()
  expect(states(three)).toEqual(['df: waiting'])
  sent.length = 0
  answerWith(async () => ({ turn: 1, eventId: 0 }))
  for (const tab of [two, one, three]) tab.wake()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(1)
  expect([one, two, three].flatMap(states)).toEqual(['df: sent'])
})

it('comes back with the reason when it is refused, and lets the next one pass', async () => {
  const { refused, device, openTab, answerWith } = createWorld()
  answerWith(async ({ prompt }) => {
    if (prompt === 'long') throw TOO_LONG
    return { turn: 1, eventId: 0 }
  })
  const outbox = openTab()
  outbox.post(content('long'))
  outbox.post(content('short'))
  await settle()
  expect(refused.mock.calls).toMatchObject([
    [{ prompt: 'long', sessionId: 's' }, 'It is too long: 4 MiB at most.'],
  ])
  expect([states(outbox), device.kept]).toEqual([['short: sent'], {}])
})

it('can be taken back while it waits, and not while it is sent', async () => {
  const { sent, openTab, answerWith, fail } = createWorld()
  fail(OFFLINE)
  const outbox = openTab()
  outbox.post(content('df'))
  await settle()
  expect(outbox.takeBack('key 1')).toMatchObject({ prompt: 'df' })
  sent.length = 0
  await vi.advanceTimersByTimeAsync(60_000)
  expect([sent, states(outbox)]).toEqual([[], []])

  answerWith(() => new Promise(() => {}))
  outbox.post(content('ls'))
  await settle()
  expect(outbox.takeBack('key 2')).toBeNull()
})

it('is not sent by a tab that was not told yet that another has sent it', async () => {
  const { device, sent, openTab, fail, answerWith } = createWorld()
  fail(OFFLINE)
  const one = openTab()
  one.post(content('df'))
  await settle()
  const untold = openTab({ ...device.open(), watch: () => {} })
  sent.length = 0
  answerWith(async () => ({ turn: 1, eventId: 0 }))
  one.wake()
  await settle()
  untold.wake()
  await settle()
  expect([sent.length, states(untold)]).toEqual([1, []])
})

it('sends what is posted between the last look and its end', async () => {
  const { sent, openTab } = createWorld()
  const late: Exclusive = async (_, act) => {
    const result = await act()
    if (result === null && sent.length === 1) outbox.post(content('and this'))
    return result
  }
  const outbox = openTab(undefined, late)
  outbox.post(content('this'))
  await settle()
  expect(sent.map(({ prompt }) => prompt)).toEqual(['this', 'and this'])
})
