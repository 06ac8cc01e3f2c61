/** What an agent asks, over the wire: a real server and a scripted agent in a process of its own. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Event } from '../../src/machines/events.ts'
import type { FailPoint } from '../../src/runtime/fail-points.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { tempDir } from '../runtime/temp-dir.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer, textsOf } from '../support/server.ts'

const FAIL_POINT_SERVER = resolve(import.meta.dirname, '../chaos/fail-point-server.ts')
let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const answer = (id: string, approvalId: string, body: object, headers = {}, on = server) =>
  on.post(`/api/sessions/${id}/approvals/${approvalId}`, body, headers)
const allow = { decision: 'allow' }
const deny = { decision: 'deny' }
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
const view = async (id: string) => (await server.get(`/api/sessions/${id}`)).body

/** A turn of an agent that asks all of these at once. @returns the session, when the last is on record */
async function asked(questions: object[], on = server): Promise<string> {
  const { id } = await on.open()
  await on.prompt(id, script({ ask: questions }, { say: 'after' }))
  let left = questions.length
  await readStream(on.eventsUrl(id), {
    token: on.token(),
    until: (frame) => frame.data?.kind === 'approval' && --left === 0,
  })
  return id
}
async function ended(id: string, on = server): Promise<Event[]> {
  await untilTurnEnd(on.eventsUrl(id), on.token())
  const events = await on.events(id)
  expect(checkLog(events)).toEqual([])
  return events
}
const resolutions = (events: Event[]) =>
  events.flatMap((event) => (event.kind === 'approval_resolved' ? [event] : []))
/** Everything that the server has said to the agent in the session's newest turn. */
function inputOf(id: string, on = server): string {
  const runs = join(on.dataDir, 'sessions', id, 'runs')
  return readdirSync(runs)
    .map((run) => readFileSync(join(runs, run, 'in'), 'utf8'))
    .join('')
}

describe('an approval', () => {
  test('waits in the session with all that the agent said of it, and in the log', async () => {
    const input = { command: 'rm -rf /var/cache', description: 'make room' }
    const suggestions = [{ type: 'addRules', behavior: 'allow', rules: [{ toolName: 'Bash' }] }]
    const id = await asked([{ id: 'a', input, suggestions }])
    const approval = {
      ...{ approvalId: 'a', toolUseId: 'use of a', toolName: 'Bash', input, suggestions },
      description: 'may I a',
    }
    expect(await view(id)).toMatchObject({ state: 'running', approvals: [approval] })
    const [logged] = (await server.events(id)).slice(-1)
    expect(logged).toMatchObject({ kind: 'approval', ...approval })
    expect((await view(id)).approvals[0].expiresAt).toBe((logged as { expiresAt: string }).expiresAt)
    await server.post(`/api/sessions/${id}/cancel`)
    await ended(id)
  })

  test('is allowed as it is, or as somebody changed it, or denied with a reason, in any order', async () => {
    const id = await asked([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }])
    const updatedInput = { command: 'du' }
    expect((await answer(id, 'd', deny)).status).toBe(200)
    expect((await answer(id, 'b', { ...deny, message: 'No.' })).body).toEqual({
      ...{ approvalId: 'b', decision: 'deny', by: 'token', message: 'No.' },
    })
    await answer(id, 'c', { ...allow, updatedInput })
    await answer(id, 'a', allow)
    const events = await ended(id)
    expect(textsOf(events).sort()).toEqual([
      'a: {"behavior":"allow","updatedInput":{"command":"df"}}',
      'after',
      'b: {"behavior":"deny","message":"No."}',
      'c: {"behavior":"allow","updatedInput":{"command":"du"}}',
      'd: {"behavior":"deny","message":"The operator said no."}',
    ])
    expect(resolutions(events).map(({ approvalId }) => approvalId)).toEqual(['d', 'b', 'c', 'a'])
    expect(await view(id)).toMatchObject({ approvals: [] })
  })

  test('of many clients at the same moment takes one answer, and tells the others whose', async () => {
    const id = await asked([{ id: 'a' }])
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => answer(id, 'a', i % 2 === 0 ? allow : deny)),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    for (const { status, body } of answers.filter((one) => one !== won[0]))
      expect({ status, body }).toMatchObject({
        status: 409,
        body: { code: 'already_resolved', resolution: { decision: won[0]!.body.decision, by: 'token' } },
      })
    const events = await ended(id)
    expect(resolutions(events)).toHaveLength(1)
    expect(inputOf(id).match(/control_response/g)).toHaveLength(1)
  })

  test('takes no answer when it is late, foreign, or nobody’s, and nothing is changed by it', async () => {
    const [id, other] = await Promise.all([asked([{ id: 'a' }]), asked([{ id: 'b' }])])
    const before = await server.events(id)
    for (const foreign of ['b', 'nobody', '..%2f..', '%00', 'x'.repeat(150)])
      expect(await answer(id, foreign, allow), foreign).toMatchObject({
        ...{ status: 409, body: { code: 'approval_not_open' } },
      })
    expect(await server.events(id)).toEqual(before)
    await Promise.all([answer(id, 'a', allow), answer(other, 'b', allow)])
    const after = await ended(id)
    await ended(other)
    expect(await answer(id, 'a', deny)).toMatchObject({
      ...{
        status: 409,
        body: { code: 'already_resolved', detail: expect.stringContaining('Allowed by token') },
      },
    })
    expect(await server.events(id)).toEqual(after)
    expect((await answer('nobody', 'a', allow)).status).toBe(404)
  })

  test.each<[string, unknown]>([
    ['no decision', {}],
    ['another decision', { decision: 'maybe' }],
    ['a denial with an input', { ...deny, updatedInput: {} }],
    ['a denial for good', { ...deny, always: true }],
    ['an input that is none', { ...allow, updatedInput: 'df' }],
    ['a message without end', { ...deny, message: 'x'.repeat(10_001) }],
    ['half a character', { ...deny, message: '\ud800' }],
    ['more than is known', { ...allow, forever: true }],
    ['always, where nothing is suggested', { ...allow, always: true }],
    ['always, and an input of its own', { ...allow, always: true, updatedInput: { command: 'x' } }],
    ['an input without anything in it', { ...allow, updatedInput: {} }],
    ['an input that is nested too deeply', { ...allow, updatedInput: { a: nested(600) } }],
    [
      'one that is nested without end',
      `{"decision":"allow","updatedInput":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ],
  ])('is not answered by %s', async (_, body) => {
    const id = await asked([{ id: 'a' }])
    expect((await answer(id, 'a', body as object)).status).toBe(400)
    expect(await view(id)).toMatchObject({ approvals: [{ approvalId: 'a' }] })
    await answer(id, 'a', allow)
    expect(resolutions(await ended(id))).toHaveLength(1)
  })

  test('is answered once under its key, whatever is sent again, and before a restart', async () => {
    const id = await asked([{ id: 'a' }, { id: 'b' }])
    const key = { 'idempotency-key': 'K' }
    const body = { ...allow, updatedInput: { command: 'x' } }
    const answers = await Promise.all([1, 2, 3].map(() => answer(id, 'a', body, key)))
    await server.kill()
    await server.start()
    for (const again of [...answers, await answer(id, 'a', body, key)])
      expect(again).toMatchObject({ status: 200, body: answers[0]!.body })
    expect(await answer(id, 'a', deny, key)).toMatchObject({ status: 422 })
    expect(await answer(id, 'b', body, key)).toMatchObject({ status: 422 })
    await answer(id, 'b', allow)
    expect(resolutions(await ended(id))).toHaveLength(2)
  })
})

test('an approval that nobody answers is denied at its deadline, also while no server runs', async () => {
  await using impatient = await startServer({ BREAKGLASS_APPROVAL_TIMEOUT_S: '1' })
  const id = await asked([{ id: 'a' }], impatient)
  await impatient.kill()
  await impatient.start()
  const events = await ended(id, impatient)
  const [resolved] = resolutions(events)
  expect(resolved).toMatchObject({ decision: 'deny', by: 'deadline' })
  const { expiresAt } = events.find((event) => event.kind === 'approval') as { expiresAt: string }
  expect(Date.parse(resolved!.at)).toBeGreaterThanOrEqual(Date.parse(expiresAt))
  expect(textsOf(events)[0]).toContain('deadline')
})

test('without a deadline none is shown', async () => {
  await using patient = await startServer({ BREAKGLASS_APPROVAL_TIMEOUT_S: '0' })
  const id = await asked([{ id: 'a' }], patient)
  expect((await patient.get(`/api/sessions/${id}`)).body.approvals).toMatchObject([{ expiresAt: null }])
  await answer(id, 'a', allow, {}, patient)
  await ended(id, patient)
})

test('what waits is answered by the next server, after a kill -9: before and after it was found again', async () => {
  const id = await asked([{ id: 'a' }, { id: 'b' }])
  await server.kill()
  await server.start()
  expect((await answer(id, 'a', allow)).status).toBe(200)
  await server.kill()
  await server.start()
  expect(await view(id)).toMatchObject({ approvals: [{ approvalId: 'b' }] })
  await answer(id, 'b', deny)
  const events = await ended(id)
  expect(textsOf(events).sort()).toEqual([
    'a: {"behavior":"allow","updatedInput":{"command":"df"}}',
    'after',
    'b: {"behavior":"deny","message":"The operator said no."}',
  ])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

test.each<[FailPoint, number, string]>([
  ['before-append', 1, 'is still asked'],
  ['after-append', 0, 'is told by the next server'],
  ['before-answer', 0, 'is told by the next server'],
  ['after-answer', 0, 'is not told twice'],
])('a server that dies at %s of an answer leaves an agent (%i open) that %s', async (instant, open) => {
  const control = tempDir()
  await using mortal = await startServer({ CHAOS_CONTROL_DIR: control }, [FAIL_POINT_SERVER])
  const id = await asked([{ id: 'a' }], mortal)
  writeFileSync(join(control, 'armed'), instant)
  const answered = await answer(id, 'a', allow, {}, mortal).catch(() => null)
  expect(await mortal.died()).toBe('SIGKILL')
  if (open === 1) expect(answered).toBeNull()
  await mortal.start()
  expect((await mortal.get(`/api/sessions/${id}`)).body.approvals).toHaveLength(open)
  if (open === 1) await answer(id, 'a', allow, {}, mortal)
  const events = await ended(id, mortal)
  expect(textsOf(events)).toEqual(['a: {"behavior":"allow","updatedInput":{"command":"df"}}', 'after'])
  expect(resolutions(events)).toHaveLength(1)
})

test('the time that an operator takes is not the turn’s', async () => {
  await using hurried = await startServer({
    BREAKGLASS_TURN_TIMEOUT_S: '5',
    BREAKGLASS_STALL_KILL_S: '5',
  })
  const { id } = await hurried.open()
  const late = join(hurried.dataDir, 'late')
  await hurried.prompt(id, script({ ask: [{ id: 'a' }] }))
  await readStream(hurried.eventsUrl(id), {
    token: hurried.token(),
    until: (frame) => frame.data?.kind === 'approval',
  })
  // A turn that is not waited for is over by then.
  const other = await hurried.open()
  await hurried.prompt(other.id, script({ touch: late }, { hang: true }))
  expect((await ended(other.id, hurried)).at(-1)).toMatchObject({ outcome: 'timed_out' })
  expect(existsSync(late)).toBe(true)
  await hurried.kill()
  await hurried.start()
  await answer(id, 'a', allow, {}, hurried)
  expect((await ended(id, hurried)).at(-1)).toMatchObject({ outcome: 'completed' })
})

test('what is withdrawn by the agent, or asked when its turn ends, is denied on record', async () => {
  const { id } = await server.open()
  const withdrawn = JSON.stringify({ type: 'control_cancel_request', request_id: 'a' })
  await server.prompt(
    id,
    script(
      {
        raw: `${JSON.stringify({ type: 'control_request', request_id: 'a', request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} } })}\n`,
      },
      { raw: `${withdrawn}\n` },
      {
        raw: `${JSON.stringify({ type: 'control_request', request_id: 'b', request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} } })}\n`,
      },
      { exit: 0 },
    ),
  )
  const events = await ended(id)
  expect(resolutions(events).map(({ approvalId, by }) => [approvalId, by])).toEqual([
    ['a', 'agent'],
    ['b', 'server'],
  ])
})

test('the time that has passed when the server dies again counts from the last answer', async () => {
  await using hurried = await startServer({ BREAKGLASS_TURN_TIMEOUT_S: '10' })
  const { id } = await hurried.open()
  const gate = join(hurried.dataDir, 'gate')
  await hurried.prompt(id, script({ ask: [{ id: 'a' }] }, { await: gate }))
  const other = await hurried.open()
  await hurried.prompt(other.id, script({ hang: true }))
  expect((await ended(other.id, hurried)).at(-1)).toMatchObject({ outcome: 'timed_out' })
  await answer(id, 'a', allow, {}, hurried)
  await readStream(hurried.eventsUrl(id), {
    token: hurried.token(),
    until: (frame) => frame.data?.kind === 'text',
  })
  await hurried.kill()
  await hurried.start()
  writeFileSync(gate, '')
  expect((await ended(id, hurried)).at(-1)).toMatchObject({ outcome: 'completed' })
})

const RULE = { type: 'addRules', behavior: 'allow', rules: [{ toolName: 'Bash', ruleContent: 'df *' }] }
/** The settings that the newest run of a session was given; null for none. */
function settingsOf(id: string) {
  const runs = join(server.dataDir, 'sessions', id, 'runs')
  const newest = readdirSync(runs).sort().at(-1)!
  const file = join(runs, newest, 'settings.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

test('what is always allowed holds for later turns, until a permission mode is set', async () => {
  const id = await asked([{ id: 'a', suggestions: [RULE] }])
  await answer(id, 'a', { ...allow, always: true })
  let last = (await ended(id)).at(-1)!
  expect(await view(id)).toMatchObject({ allowed: [RULE] })
  expect(settingsOf(id)).toBeNull()
  const turn = async () => {
    await server.prompt(id, 'more')
    await untilTurnEnd(server.eventsUrl(id), server.token(), last.id)
    last = (await server.events(id)).at(-1)!
    return settingsOf(id)
  }
  expect(await turn()).toMatchObject({ permissions: { allow: ['Bash(df *)'] } })
  await server.request('PATCH', `/api/sessions/${id}`, { title: 'x' })
  expect(await turn()).not.toBeNull()
  const { body } = await server.request('PATCH', `/api/sessions/${id}`, { permissionMode: 'ask' })
  expect(body).toMatchObject({ permissionMode: 'ask', allowed: [] })
  expect(await turn()).toBeNull()
})

const control = (id: string, request: object) => ({
  raw: `${JSON.stringify({ type: 'control_request', request_id: id, request })}\n`,
})

test('a request that is no approval is refused at once, so that the agent does not wait for it', async () => {
  const { id } = await server.open()
  const gate = join(server.dataDir, `gate-${id}`)
  await server.prompt(id, script(control('odd', { subtype: 'elicitation' }), { await: gate }))
  await expect.poll(() => inputOf(id)).toContain('elicitation cannot be asked here')
  writeFileSync(gate, '')
  const events = await ended(id)
  expect(events).toContainEqual(expect.objectContaining({ kind: 'notice', code: 'agent_debug' }))
  expect(inputOf(id)).toContain('"subtype":"error","request_id":"odd"')
})

test('nobody can answer an agent that has said its result', async () => {
  const { id } = await server.open()
  const result = { type: 'result', subtype: 'success', is_error: false, result: 'done' }
  const gate = join(server.dataDir, `gate-${id}`)
  const ask = (name: string) => control(name, { subtype: 'can_use_tool', tool_name: 'Bash', input: {} })
  await server.prompt(
    id,
    script(ask('a'), { raw: `${JSON.stringify(result)}\n` }, ask('b'), { await: gate }, { exit: 0 }),
  )
  await readStream(server.eventsUrl(id), {
    token: server.token(),
    until: ({ data }) => data?.kind === 'approval_resolved' && data.approvalId === 'b',
  })
  for (const name of ['a', 'b'])
    expect(await answer(id, name, allow)).toMatchObject({
      status: 409,
      body: { resolution: { by: 'server' } },
    })
  writeFileSync(gate, '')
  expect(inputOf(id)).not.toContain('control_response')
  await ended(id)
})

test('a result is not the last word while a subagent works in the background', async () => {
  const { id } = await server.open()
  const task = (subtype: string) => ({
    raw: `${JSON.stringify({ type: 'system', subtype, task_id: 't', task_type: 'local_agent' })}\n`,
  })
  const result = { raw: `${JSON.stringify({ type: 'result', is_error: false, result: 'first' })}\n` }
  await server.prompt(
    id,
    script(task('task_started'), result, { ask: [{ id: 'a' }] }, task('task_notification')),
  )
  await readStream(server.eventsUrl(id), {
    token: server.token(),
    until: (frame) => frame.data?.kind === 'approval',
  })
  expect((await answer(id, 'a', allow)).status).toBe(200)
  const events = await ended(id)
  expect(textsOf(events)).toEqual(['a: {"behavior":"allow","updatedInput":{"command":"df"}}'])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed', exitCode: 0 })
})

test('a cancel denies what waits, and the agent hears its interrupt alone', async () => {
  const id = await asked([{ id: 'a' }, { id: 'b' }])
  await server.post(`/api/sessions/${id}/cancel`)
  const events = await ended(id)
  const kinds = events.map(({ kind }) => kind)
  const cancelling = kinds.indexOf('cancelling')
  expect(kinds.slice(cancelling + 1, cancelling + 3)).toEqual(['approval_resolved', 'approval_resolved'])
  expect(resolutions(events).map(({ by }) => by)).toEqual(['cancel', 'cancel'])
  expect(inputOf(id)).not.toContain('control_response')
  expect(await answer(id, 'a', allow)).toMatchObject({ status: 409, body: { resolution: { by: 'cancel' } } })
})
