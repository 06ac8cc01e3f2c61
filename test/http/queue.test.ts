/** Prompts that wait for their turn, over real HTTP. */
import { existsSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Event } from '../../src/machines/events.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { type Instant, startCrashingServer } from '../chaos/crashing-server.ts'
import { mountSmallDisk, type SmallDisk } from '../chaos/full-disk.ts'
import { readStream } from '../support/read-stream.ts'
import { script, startServer, type TestServer, textsOf } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const SCRIPTED_AGENT = resolve(import.meta.dirname, '../fixtures/scripted-agent.mjs')
const key = (name: string) => ({ 'idempotency-key': name })

/** A session with a turn that runs until it is let go. */
async function openBusy(on = server) {
  const { id } = await on.open()
  const gate = join(on.dataDir, `gate-${id}`)
  await on.prompt(id, script({ say: 'begun' }, { await: gate }))
  const path = `/api/sessions/${id}`
  const until = async (isLast: (event: Event) => boolean): Promise<Event[]> => {
    await readStream(on.eventsUrl(id), {
      ...{ token: on.token(), until: ({ data }) => data !== undefined && isLast(data) },
    })
    const events = await on.events(id)
    expect(checkLog(events)).toEqual([])
    return events
  }
  await until((event) => event.kind === 'text' && event.text === 'begun')
  return {
    ...{ id, path, until },
    letGo: () => writeFileSync(gate, ''),
    queue: (prompt: string, extra = {}, headers = {}) =>
      on.post(`${path}/turns`, { prompt, whenBusy: 'queue', ...extra }, headers),
    list: async () => (await on.get(`${path}/queue`)).body,
    edit: (promptId: string, prompt: string, headers = {}) =>
      on.request('PATCH', `${path}/queue/${promptId}`, { prompt }, headers),
    remove: (promptId: string, headers = {}) =>
      on.request('DELETE', `${path}/queue/${promptId}`, undefined, headers),
    clear: (headers = {}) => on.request('DELETE', `${path}/queue`, undefined, headers),
    resume: (headers = {}) => on.post(`${path}/queue/resume`, undefined, headers),
    cancel: () => on.post(`${path}/cancel`),
    untilEndOf: (turn: number) => until((event) => event.kind === 'turn_end' && event.turn === turn),
  }
}

const promptsOf = (events: Event[]): string[] =>
  events.flatMap((event) => (event.kind === 'user' ? [event.text] : [])).slice(1)
const kindsOf = (events: Event[]): string[] => events.map(({ kind }) => kind)

describe('a prompt that is to be queued', () => {
  it('starts at once when nothing runs', async () => {
    const { id } = await server.open()
    const answer = await server.prompt(id, 'now', { whenBusy: 'queue' })
    expect(answer).toMatchObject({ status: 202, body: { turn: 1, eventId: 0 } })
  })

  it('waits behind those before it, and runs when they have', async () => {
    const session = await openBusy()
    const prompts = Array.from({ length: 8 }, (_, i) => `prompt ${i}`)
    for (const [i, prompt] of prompts.entries()) {
      const { status, body } = await session.queue(prompt)
      expect(status).toBe(202)
      expect(body).toEqual({ queued: true, promptId: expect.any(String), position: i + 1 })
    }
    expect(
      (await server.get(session.path)).body.queue.map(({ prompt }: { prompt: string }) => prompt),
    ).toEqual(prompts)
    session.letGo()
    const events = await session.untilEndOf(9)
    expect(promptsOf(events)).toEqual(prompts)
    expect(textsOf(events).slice(1)).toEqual(prompts)
    expect((await server.get(session.path)).body).toMatchObject({ queue: [], queueHeld: null })
    expect((await server.get(`${session.path}/transcript`)).body).not.toMatch(/queued/)
  })

  it('is refused when too many wait, or too much', async () => {
    const session = await openBusy()
    const full = { status: 409, body: { code: 'queue_full' } }
    expect(await session.queue('x'.repeat(LIMITS.queuedBytesMax + 1))).toMatchObject(full)
    await Promise.all(Array.from({ length: LIMITS.queuedPromptsMax }, (_, i) => session.queue(`${i}`)))
    expect(await session.queue('one more')).toMatchObject(full)
    const { queue } = await session.list()
    expect(queue).toHaveLength(LIMITS.queuedPromptsMax)
    expect(await session.edit(queue[0].promptId, 'x'.repeat(LIMITS.queuedBytesMax))).toMatchObject(full)
    expect((await session.edit(queue[0].promptId, 'another')).status).toBe(200)
    expect((await session.clear()).status).toBe(204)
    expect((await session.list()).queue).toEqual([])
    session.letGo()
    const events = await session.untilEndOf(1)
    expect(kindsOf(events).filter((kind) => kind === 'user')).toHaveLength(1)
  })

  it('keeps its model and its files while it waits', async () => {
    await using own = await startServer()
    const session = await openBusy(own)
    const form = new FormData()
    for (const name of ['kept.txt', 'gone.txt']) form.append('file', new File(['words'], name))
    await fetch(`${own.url}${session.path}/files`, {
      ...{ method: 'POST', body: form, headers: { authorization: `Bearer ${own.token()}` } },
    })
    const attachments = ['attachments/kept.txt', 'attachments/gone.txt']
    const missing = await session.queue('x', { attachments: ['attachments/none.txt'] })
    expect(missing).toMatchObject({ status: 400, body: { code: 'attachment_not_found' } })
    const { promptId } = (await session.queue(script({ say: 'first' }), { model: 'scripted-2', attachments }))
      .body
    await session.edit(promptId, script({ heard: true }))
    const [waiting] = (await session.list()).queue
    expect(waiting).toMatchObject({
      promptId,
      model: 'scripted-2',
      attachments: [{ path: attachments[0] }, {}],
    })
    const { workspace } = (await own.get(session.path)).body
    unlinkSync(join(workspace, attachments[1]!))
    await own.kill()
    await own.start()
    session.letGo()
    const events = await session.untilEndOf(2)
    expect(events.findLast(({ kind }) => kind === 'user')).toMatchObject({ promptId, attachments: [{}, {}] })
    expect(events.findLast(({ kind }) => kind === 'turn_start')).toMatchObject({ model: 'scripted-2' })
    for (const path of attachments) expect(textsOf(events).at(-1)).toContain(join(workspace, path))
  })
})

describe('a prompt that waits', () => {
  it('can be edited in its place, and removed; and is no more when it has started', async () => {
    const session = await openBusy()
    const [a, b, c] = await Promise.all(
      ['a', 'b', 'c'].map(async (prompt) => (await session.queue(prompt)).body.promptId),
    )
    const edited = await session.edit(b, 'better')
    expect(edited.status).toBe(200)
    const { queue } = await session.list()
    const { position, ...rest } = edited.body
    expect(rest).toMatchObject({ promptId: b, prompt: 'better' })
    expect(queue[position - 1]).toEqual(rest)
    expect(await session.edit(b, ' ')).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    expect((await session.remove(a)).status).toBe(204)
    for (const promptId of [a, 'unknown', crypto.randomUUID()])
      for (const answer of [await session.edit(promptId, 'x'), await session.remove(promptId)])
        expect(answer).toMatchObject({ status: 404, body: { code: 'prompt_not_found' } })
    session.letGo()
    const events = await session.untilEndOf(3)
    expect(promptsOf(events).sort()).toEqual(['better', 'c'])
    for (const promptId of [b, c])
      for (const answer of [await session.edit(promptId, 'x'), await session.remove(promptId)])
        expect(answer).toMatchObject({ status: 409, body: { code: 'prompt_started' } })
    expect(await server.events(session.id)).toEqual(events)
  })

  it('runs as it was last edited, however close to its start that was', async () => {
    const session = await openBusy()
    const { promptId } = (await session.queue('edit 0')).body
    const edits: { text: string; status: number }[] = []
    const isOver = session.untilEndOf(2)
    session.letGo()
    for (let i = 1; edits.at(-1)?.status !== 409; i++) {
      const { status } = await session.edit(promptId, `edit ${i}`)
      edits.push({ text: `edit ${i}`, status })
    }
    const events = await isOver
    const last = edits.findLast(({ status }) => status === 200)?.text ?? 'edit 0'
    expect(promptsOf(events)).toEqual([last])
    expect(events.filter(({ kind }) => kind === 'queued')).toHaveLength(edits.length)
  })

  it('survives kill -9 of the server, and runs once', async () => {
    await using own = await startServer()
    const sessions = [await openBusy(own), await openBusy(own)]
    const prompts = ['a', 'b', 'c']
    for (const session of sessions) for (const prompt of prompts) await session.queue(prompt)
    const [ended, running] = sessions
    await own.kill()
    // This one ends while no server runs.
    ended!.letGo()
    await own.start()
    running!.letGo()
    for (const session of sessions) expect(promptsOf(await session.untilEndOf(4))).toEqual(prompts)
  })

  it.each<Instant>(['before-record', 'after-record', 'before-exit', 'after-exit'])(
    'runs once when the server dies %s of its start or of the turn before',
    async (instant) => {
      await using crashing = await startCrashingServer()
      const session = await openBusy(crashing.server)
      for (const prompt of ['a', 'b']) await session.queue(prompt)
      crashing.arm(instant)
      session.letGo()
      await crashing.crash(instant)
      expect(promptsOf(await session.untilEndOf(3))).toEqual(['a', 'b'])
    },
  )

  it('goes with its session', async () => {
    await using own = await startServer({ BREAKGLASS_QUEUE_AFTER_CANCEL: 'run' })
    const session = await openBusy(own)
    const trace = join(own.dataDir, 'trace')
    await session.queue(script({ touch: trace }))
    expect((await own.request('DELETE', session.path)).status).toBe(204)
    expect((await own.get(`${session.path}/queue`)).status).toBe(404)
    expect(existsSync(trace)).toBe(false)
  })
})

describe('a queue is held', () => {
  it('after a cancel, which says how many wait, until it is resumed', async () => {
    const session = await openBusy()
    for (const prompt of ['a', 'b']) await session.queue(prompt)
    expect(await session.cancel()).toMatchObject({ status: 202, body: { cancelled: true, waiting: 2 } })
    await session.untilEndOf(1)
    expect(await session.cancel()).toMatchObject({ status: 200, body: { cancelled: false, waiting: 2 } })
    expect(await session.list()).toMatchObject({ queueHeld: 'cancelled', queue: [{}, {}] })
    const { lastEventId } = (await server.get(session.path)).body
    const resumed = await session.resume()
    // The record of its leaving the queue comes first.
    expect(resumed).toMatchObject({ status: 202, body: { turn: 2, eventId: lastEventId + 2 } })
    expect(promptsOf(await session.untilEndOf(3))).toEqual(['a', 'b'])
    expect(await session.resume()).toMatchObject({ status: 200, body: { resumed: false } })
    expect(await session.cancel()).toMatchObject({ status: 200, body: { cancelled: false } })
    expect((await session.cancel()).body).not.toHaveProperty('waiting')
  })

  it('after a restart as well', async () => {
    await using own = await startServer()
    const session = await openBusy(own)
    await session.queue('a')
    await session.cancel()
    await session.untilEndOf(1)
    await own.kill()
    await own.start()
    expect(await session.list()).toMatchObject({ queueHeld: 'cancelled', queue: [{}] })
    expect((await session.resume()).status).toBe(202)
    await session.untilEndOf(2)
  })

  it('until somebody prompts: that turn comes first, and the queue goes on behind it', async () => {
    const session = await openBusy()
    await session.queue('waits')
    await session.cancel()
    await session.untilEndOf(1)
    expect((await session.queue('first')).body).toMatchObject({ turn: 2 })
    expect(promptsOf(await session.untilEndOf(3))).toEqual(['first', 'waits'])
  })

  it('not after a cancel when the operator wants it so', async () => {
    await using own = await startServer({ BREAKGLASS_QUEUE_AFTER_CANCEL: 'run' })
    const session = await openBusy(own)
    await session.queue('next')
    expect((await session.cancel()).body).toEqual({ cancelled: true, waiting: 1 })
    const events = await session.untilEndOf(2)
    expect(events.findLast(({ kind }) => kind === 'turn_end')).toMatchObject({ outcome: 'completed' })
    expect((await own.get(session.path)).body.queueHeld).toBeNull()
  })

  it('after an agent that could not be started, so that the others are not burnt', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'breakglass-bin-'))
    const agent = join(bin, 'agent.mjs')
    symlinkSync(SCRIPTED_AGENT, agent)
    await using own = await startServer({ BREAKGLASS_CLAUDE_BIN: agent })
    const session = await openBusy(own)
    for (const prompt of ['a', 'b']) await session.queue(prompt)
    unlinkSync(agent)
    session.letGo()
    const events = await session.untilEndOf(2)
    expect(events.at(-2)).toMatchObject({ kind: 'error', code: 'spawn_failed' })
    expect(await session.list()).toMatchObject({ queueHeld: 'not_started', queue: [{ prompt: 'b' }] })
    symlinkSync(SCRIPTED_AGENT, agent)
    expect((await session.resume()).status).toBe(202)
    expect(textsOf(await session.untilEndOf(3)).at(-1)).toBe('b')
    rmSync(bin, { recursive: true })
  })
})

describe('a request that is sent again under its key', () => {
  it('queues once, and has the first answer even when its prompt has run', async () => {
    const session = await openBusy()
    const answers = await Promise.all([1, 2, 3].map(() => session.queue('once', {}, key('k'))))
    const [first] = answers
    expect(first!.body).toMatchObject({ queued: true, position: 1 })
    for (const { status, body } of answers) expect([status, body]).toEqual([202, first!.body])
    const other = await session.queue('other', {}, key('k'))
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    session.letGo()
    await session.untilEndOf(2)
    expect((await session.queue('once', {}, key('k'))).body).toEqual(first!.body)
    expect(promptsOf(await server.events(session.id))).toEqual(['once'])
  })

  it('edits, removes, clears and resumes once', async () => {
    const session = await openBusy()
    const [a, b] = [(await session.queue('a')).body.promptId, (await session.queue('b')).body.promptId]
    const edited = await session.edit(a, 'edited', key('edit'))
    await session.edit(a, 'again')
    expect((await session.edit(a, 'edited', key('edit'))).body).toEqual(edited.body)
    expect((await session.list()).queue[0]).toMatchObject({ prompt: 'again' })
    for (let times = 0; times < 2; times++) expect((await session.remove(b, key('remove'))).status).toBe(204)
    expect(await session.remove(a, key('remove'))).toMatchObject({ status: 422 })
    expect((await session.clear(key('clear'))).status).toBe(204)
    for (const prompt of ['c', 'd']) await session.queue(prompt)
    expect((await session.clear(key('clear'))).status).toBe(204)
    expect((await session.list()).queue).toHaveLength(2)
    await session.cancel()
    await session.untilEndOf(1)
    const resumed = await session.resume(key('resume'))
    expect(resumed).toMatchObject({ status: 202, body: { turn: 2 } })
    await session.untilEndOf(3)
    expect(await session.resume(key('resume'))).toMatchObject({ status: 202, body: resumed.body })
  })
})

it('is refused without a trace on a full disk, and what was acknowledged before runs', async ({ skip }) => {
  using disk = mountOr(skip)
  await using own = await startServer({ BREAKGLASS_DATA_DIR: join(disk.dir, 'data') })
  const session = await openBusy(own)
  const { promptId } = (await session.queue('kept')).body
  disk.fill()
  const refused = [
    ...[await session.queue('no', {}, key('k')), await session.edit(promptId, 'no')],
    ...[await session.remove(promptId), await session.clear()],
  ]
  disk.makeRoom()
  const full = { status: 507, body: { code: 'storage_full' } }
  expect(refused).toMatchObject(refused.map(() => full))
  expect((await session.list()).queue).toMatchObject([{ promptId, prompt: 'kept' }])
  // A key under which something was refused is free.
  expect((await session.queue('yes', {}, key('k'))).body).toMatchObject({ queued: true, position: 2 })
  session.letGo()
  const events = await session.untilEndOf(3)
  expect(promptsOf(events)).toEqual(['kept', 'yes'])
  expect(kindsOf(events).filter((kind) => kind === 'queued')).toHaveLength(2)
})

function mountOr(skip: (note: string) => never): SmallDisk {
  try {
    return mountSmallDisk()
  } catch {
    return skip('needs a disk of its own, and so root')
  }
}
