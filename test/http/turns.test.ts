import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { isRunning } from '../support/processes.ts'
import { isTurnEnd, readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer, textsOf } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const kinds = async (id: string) => (await server.events(id)).map((event) => event.kind)
const turnEnd = (id: string, after?: number) => untilTurnEnd(server.eventsUrl(id), server.token(), after)
const file = (name: string) => join(server.dataDir, `${name}-${Math.random().toString(36).slice(2)}`)
/** Reads until the agent has said this text. */
const said = (id: string, text: string) =>
  readStream(server.eventsUrl(id), { token: server.token(), until: (frame) => frame.data?.text === text })

describe('a turn of the scripted agent', () => {
  it('is recorded from the prompt to its end, in the grammar of the log', async () => {
    const { id } = await server.open()
    const answer = await server.prompt(id, script({ think: 'hm' }, { say: 'hello' }))
    expect(answer).toMatchObject({ status: 202, body: { turn: 1, eventId: 0 } })
    await turnEnd(id)
    const events = await server.events(id)
    expect(events.map((event) => event.kind)).toEqual([
      'user',
      'turn_start',
      'agent_ready',
      'thinking',
      'text',
      'result',
      'turn_end',
    ])
    expect(events.at(-1)).toMatchObject({
      outcome: 'completed',
      exitCode: 0,
      signal: null,
      survivors: 0,
      turn: 1,
    })
    expect(checkLog(events)).toEqual([])
  })

  it('counts usage and cost, and names the session after its first prompt', async () => {
    const { id } = await server.open()
    for (const text of ['first line\nsecond line', 'another']) {
      await server.prompt(id, text)
      await turnEnd(id, (await server.get(`/api/sessions/${id}`)).body.lastEventId)
    }
    const { body } = await server.get(`/api/sessions/${id}`)
    expect(body).toMatchObject({
      title: 'first line',
      turn: 2,
      state: 'idle',
      usage: { inputTokens: 20, outputTokens: 40 },
    })
    expect(body.usage.costUsd).toBeCloseTo(0.002)
  })

  it('fails with the end of stderr when the agent exits badly', async () => {
    const { id } = await server.open()
    await server.prompt(id, script({ stderr: `${'x'.repeat(600)}the last words\n` }, { exit: 7 }))
    await turnEnd(id)
    const [error, end] = (await server.events(id)).slice(-2)
    expect(error).toMatchObject({ kind: 'error', code: 'exit_nonzero' })
    expect((error as { error: string }).error).toHaveLength(500)
    expect((error as { error: string }).error).toMatch(/the last words$/)
    expect(end).toMatchObject({ kind: 'turn_end', outcome: 'failed', exitCode: 7 })
  })

  it('keeps lines that it does not know, and goes on', async () => {
    const { id } = await server.open()
    await server.prompt(
      id,
      script({ raw: 'not json\n{"type":"new_thing"}\n\u0000\u001b[31m\n[]\n' }, { say: 'still here' }),
    )
    await turnEnd(id)
    const events = await server.events(id)
    const debug = events.filter((event) => event.kind === 'notice' && event.code === 'agent_debug')
    expect(debug.map((event) => (event as { text: string }).text)).toEqual([
      'not json',
      '{"type":"new_thing"}',
      '\u0000\u001b[31m',
      '[]',
    ])
    expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
  })

  it('reads the last line even when no newline ends it', async () => {
    const { id } = await server.open()
    await server.prompt(id, script({ raw: '{"type":"odd"}' }, { exit: 0 }))
    await turnEnd(id)
    expect(await server.events(id)).toContainEqual(
      expect.objectContaining({ kind: 'notice', text: '{"type":"odd"}' }),
    )
  })

  it('gives user, turn_start, error and turn_end when the agent cannot be started', async () => {
    await using other = await startServer({ BREAKGLASS_CLAUDE_BIN: '/nowhere/claude' })
    const { id } = await other.open({ agent: 'claude' })
    await other.prompt(id, 'hello')
    await untilTurnEnd(other.eventsUrl(id), other.token())
    const events = await other.events(id)
    expect(events.map((event) => event.kind)).toEqual(['user', 'turn_start', 'error', 'turn_end'])
    expect(events[2]).toMatchObject({ code: 'spawn_failed' })
    expect(events[3]).toMatchObject({ outcome: 'failed' })
  })

  it('resumes under the newest id that the agent said', async () => {
    const { id } = await server.open()
    await server.prompt(id, 'one')
    const { frames } = await turnEnd(id)
    await server.prompt(id, 'two')
    await turnEnd(id, frames.at(-1)!.id)
    const ready = (await server.events(id)).filter((event) => event.kind === 'agent_ready')
    expect(ready.map((event) => event.agentSessionId)).toEqual([id, id])
  })
})

describe('stopping', () => {
  it('asks the agent first, and ends the turn as cancelled', async () => {
    const { id } = await server.open()
    await server.prompt(id, script({ say: 'begun' }, { hang: true }))
    await said(id, 'begun')
    expect(await server.post(`/api/sessions/${id}/cancel`)).toMatchObject({
      status: 202,
      body: { cancelled: true },
    })
    await turnEnd(id)
    expect(await kinds(id)).toEqual([
      ...['user', 'turn_start', 'agent_ready', 'text', 'cancelling', 'result', 'cancelled', 'turn_end'],
    ])
    expect((await server.events(id)).at(-1)).toMatchObject({
      outcome: 'cancelled',
      exitCode: 1,
      survivors: 0,
    })
  })

  it('is idempotent, and says so when there is nothing to stop', async () => {
    const { id } = await server.open()
    expect(await server.post(`/api/sessions/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { cancelled: false },
    })
    await server.prompt(id, script({ say: 'begun' }, { hang: true }))
    await said(id, 'begun')
    const answers = await Promise.all([1, 2, 3].map(() => server.post(`/api/sessions/${id}/cancel`)))
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202])
    await turnEnd(id)
    expect((await kinds(id)).filter((kind) => kind === 'cancelling')).toHaveLength(1)
    expect((await kinds(id)).filter((kind) => kind === 'turn_end')).toHaveLength(1)
  })

  it('has one effect under one key, which outlives the turn and the server', async () => {
    await using other = await startServer()
    const { id } = await other.open()
    const cancel = (key: string) =>
      other.post(`/api/sessions/${id}/cancel`, undefined, { 'idempotency-key': key })
    const begin = async (after?: number) => {
      await other.prompt(id, script({ say: 'begun' }, { hang: true }))
      const { frames } = await readStream(other.eventsUrl(id), {
        ...{ token: other.token(), until: (frame) => frame.data?.text === 'begun' },
        ...(after !== undefined && { lastEventId: after }),
      })
      return frames.at(-1)!.id!
    }
    expect(await cancel('idle')).toMatchObject({ status: 200, body: { cancelled: false } })
    const begun = await begin()
    // Asked while nothing ran, and again: it is the same question.
    expect(await cancel('idle')).toMatchObject({ status: 200, body: { cancelled: false } })
    const answers = await Promise.all([1, 2, 3].map(() => cancel('stop')))
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    const { frames } = await untilTurnEnd(other.eventsUrl(id), other.token(), begun)
    await begin(frames.at(-1)!.id)
    await other.kill()
    await other.start()
    for (const [key, status] of [
      ['stop', 202],
      ['idle', 200],
    ] as const)
      expect((await cancel(key)).status).toBe(status)
    expect((await other.get(`/api/sessions/${id}`)).body).toMatchObject({ state: 'running', turn: 2 })
    const reused = await other.request(
      'POST',
      `/api/sessions/${id}/turns`,
      { prompt: 'x' },
      { 'idempotency-key': 'stop' },
    )
    expect(reused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect((await other.events(id)).filter(({ kind }) => kind === 'cancelling')).toHaveLength(1)
  })

  it('kills an agent that ignores the interrupt and SIGTERM, and everything that it started', async () => {
    const { id } = await server.open()
    const pidFile = file('pid')
    const command = `trap '' TERM INT HUP; echo $$ >${pidFile}; while :; do sleep 1000; done`
    await server.prompt(
      id,
      script({ deaf: true }, { run: command }, { await: pidFile }, { say: 'deaf' }, { hang: true }),
    )
    await said(id, 'deaf')
    await server.post(`/api/sessions/${id}/cancel`)
    await turnEnd(id)
    expect((await server.events(id)).at(-1)).toMatchObject({
      outcome: 'cancelled',
      signal: 'SIGKILL',
      survivors: 0,
    })
    expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false)
  })

  it('takes the next prompt at once', async () => {
    const { id } = await server.open()
    await server.prompt(id, script({ hang: true }))
    await server.post(`/api/sessions/${id}/cancel`)
    const { frames } = await turnEnd(id)
    await server.prompt(id, 'after')
    const { frames: later } = await turnEnd(id, frames.at(-1)!.id)
    expect(later.at(-1)!.data).toMatchObject({ outcome: 'completed', turn: 2 })
  })

  it('ends a turn that runs into its timeout, with one error', async () => {
    await using quick = await startServer({ BREAKGLASS_TURN_TIMEOUT_S: '0.5' })
    const { id } = await quick.open({ agent: 'claude' })
    await quick.prompt(id, script({ hang: true }))
    await untilTurnEnd(quick.eventsUrl(id), quick.token())
    const events = await quick.events(id)
    expect(events.filter((event) => event.kind === 'error')).toMatchObject([
      { code: 'timed_out', error: 'turn timed out after 0.5 s' },
    ])
    expect(events.at(-1)).toMatchObject({ outcome: 'timed_out' })
    expect(checkLog(events)).toEqual([])
  })
})

describe('prompting', () => {
  it('refuses a second turn while one runs, and changes nothing', async () => {
    const { id } = await server.open()
    const gate = file('gate')
    await server.prompt(id, script({ say: 'one' }, { await: gate }))
    await said(id, 'one')
    const before = await server.events(id)
    for (const extra of [{}, { whenBusy: 'reject' }])
      expect(await server.prompt(id, 'two', extra)).toMatchObject({
        status: 409,
        body: { code: 'session_busy' },
      })
    expect(await server.events(id)).toEqual(before)
    await server.post(`/api/sessions/${id}/cancel`)
    await turnEnd(id)
  })

  it('lets one of many through when they come at once', async () => {
    const { id } = await server.open()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.prompt(id, script({ hang: true }))),
    )
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1)
    expect(answers.filter((answer) => answer.body.code === 'session_busy')).toHaveLength(19)
    await server.post(`/api/sessions/${id}/cancel`)
    await turnEnd(id)
    expect((await kinds(id)).filter((kind) => kind === 'user')).toHaveLength(1)
  })

  it('answers the same idempotency key the same way, and starts one turn', async () => {
    const { id } = await server.open()
    const path = `/api/sessions/${id}/turns`
    const key = { 'idempotency-key': 'k-1' }
    const answers = await Promise.all([1, 2, 3].map(() => server.post(path, { prompt: 'once' }, key)))
    expect(answers.map((answer) => [answer.status, answer.body])).toEqual(
      [1, 2, 3].map(() => [202, { turn: 1, eventId: 0 }]),
    )
    await turnEnd(id)
    expect(await server.post(path, { prompt: 'once' }, key)).toMatchObject({
      status: 202,
      body: { turn: 1, eventId: 0 },
    })
    expect(await server.post(path, { prompt: 'other' }, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await kinds(id)).filter((kind) => kind === 'user')).toHaveLength(1)
  })

  it('takes a prompt of a MiB, and one that looks like an option, as text', async () => {
    const { id } = await server.open()
    for (const prompt of ['a'.repeat(1024 * 1024), '--settings={"x":1}']) {
      const { lastEventId } = (await server.get(`/api/sessions/${id}`)).body
      await server.prompt(id, prompt)
      const { frames } = await turnEnd(id, Math.max(0, lastEventId))
      const said = frames.filter((frame) => frame.data?.kind === 'text').map((frame) => frame.data.text)
      expect(said).toEqual([prompt])
    }
  })
})

it('runs a hundred sessions at once, and every log obeys the grammar', async () => {
  await using many = await startServer({ BREAKGLASS_MAX_TURNS: '100' })
  const sessions = await Promise.all(Array.from({ length: 100 }, () => many.open({ agent: 'claude' })))
  const answers = await Promise.all(
    sessions.map(({ id }, i) =>
      many.prompt(id, script({ say: `session ${i}` }, { lines: 50 }, { say: 'end' })),
    ),
  )
  expect(answers.map((answer) => answer.status)).toEqual(sessions.map(() => 202))
  await Promise.all(
    sessions.map(({ id }) => readStream(many.eventsUrl(id), { token: many.token(), until: isTurnEnd })),
  )
  for (const [i, { id }] of sessions.entries()) {
    const events = await many.events(id)
    expect(checkLog(events)).toEqual([])
    const texts = textsOf(events)
    expect(texts).toEqual([`session ${i}`, ...Array.from({ length: 50 }, (_, line) => `line ${line}`), 'end'])
    expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
  }
})
