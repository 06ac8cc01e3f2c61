/** What the real claude CLI asks, answered by operators: the real server, a scripted model API on loopback. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { type ModelApi, startModelApi } from '../support/model-api.ts'
import { processesWith } from '../support/processes.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { claudeEnvironment } from './claude-environment.ts'

let api: ModelApi
let server: TestServer
const home = mkdtempSync(join(tmpdir(), 'breakglass-home-'))
const environment = () => ({ ...claudeEnvironment(api.url), HOME: home, BREAKGLASS_KILL_GRACE_S: '20' })

beforeAll(async () => {
  api = await startModelApi()
  server = await startServer(environment())
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await api.close()
  rmSync(home, { recursive: true, force: true })
})

const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'a command' } })
const touching = (...names: string[]) =>
  script(...names.map((name) => ({ text: `I make ${name}.`, tools: [bash(`touch ${name}`)] })), {
    text: 'Done.',
  })

/** Waits for the next approval behind a cursor. */
async function approval(id: string, after = -1, on = server) {
  const { frames } = await readStream(on.eventsUrl(id), {
    token: on.token(),
    ...(after >= 0 && { lastEventId: after }),
    until: (frame) => frame.data?.kind === 'approval',
  })
  return frames.at(-1)!.data
}
const answer = (id: string, approvalId: string, body: object, on = server) =>
  on.post(`/api/sessions/${id}/approvals/${approvalId}`, body)
const turnEnd = (id: string, after?: number) => untilTurnEnd(server.eventsUrl(id), server.token(), after)
const open = () => server.open({ agent: 'claude' })
const eventsOf = async (id: string, kind: string) =>
  (await server.events(id)).filter((event) => event.kind === kind)

it('asks by default, waits, and does what is allowed', async () => {
  const session = await open()
  expect(session.permissionMode).toBe('ask')
  await server.prompt(session.id, touching('a'))
  const asked = await approval(session.id)
  expect(asked).toMatchObject({
    ...{ toolName: 'Bash', input: { command: 'touch a' }, description: 'a command' },
    suggestions: [{ type: 'addRules', rules: [{ toolName: 'Bash' }] }],
  })
  expect(Date.parse(asked.expiresAt) - Date.parse(asked.at)).toBe(1_800_000)
  const { approvals } = (await server.get(`/api/sessions/${session.id}`)).body
  expect(approvals).toMatchObject([{ approvalId: asked.approvalId, toolName: 'Bash' }])
  expect(existsSync(join(session.workspace, 'a'))).toBe(false)

  const answered = await answer(session.id, asked.approvalId, { decision: 'allow' })
  expect(answered).toMatchObject({ status: 200, body: { decision: 'allow', by: 'token' } })
  await turnEnd(session.id)
  expect(existsSync(join(session.workspace, 'a'))).toBe(true)
  const events = await server.events(session.id)
  expect(checkLog(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
  expect((await server.get(`/api/sessions/${session.id}`)).body.approvals).toEqual([])
})

it('is denied with a message that the model reads', async () => {
  const session = await open()
  await server.prompt(session.id, touching('a'))
  const { approvalId } = await approval(session.id)
  await answer(session.id, approvalId, { decision: 'deny', message: 'Not on this disk.' })
  await turnEnd(session.id)
  expect(existsSync(join(session.workspace, 'a'))).toBe(false)
  expect(await eventsOf(session.id, 'tool_result')).toMatchObject([
    { isError: true, text: expect.stringContaining('Not on this disk.') },
  ])
  expect(JSON.stringify(api.requests.at(-1))).toContain('Not on this disk.')
})

it('does what the operator made of its command', async () => {
  const session = await open()
  await server.prompt(session.id, touching('a'))
  const { approvalId, input } = await approval(session.id)
  const updatedInput = { ...input, command: 'touch b' }
  await answer(session.id, approvalId, { decision: 'allow', updatedInput })
  await turnEnd(session.id)
  expect(['a', 'b'].map((name) => existsSync(join(session.workspace, name)))).toEqual([false, true])
  expect(await eventsOf(session.id, 'approval_resolved')).toMatchObject([{ decision: 'allow', updatedInput }])
})

it('does not ask a second time for what is always allowed, in this turn and in later ones', async () => {
  const session = await open()
  await server.prompt(session.id, touching('a', 'a', 'other'))
  const first = await approval(session.id)
  await answer(session.id, first.approvalId, { decision: 'allow', always: true })
  const second = await approval(session.id, first.id)
  expect(second.input.command).toBe('touch other')
  await answer(session.id, second.approvalId, { decision: 'allow' })
  const { frames } = await turnEnd(session.id)

  await server.prompt(session.id, touching('a', 'other'))
  const third = await approval(session.id, frames.at(-1)!.id!)
  expect(third.input.command).toBe('touch other')
  await answer(session.id, third.approvalId, { decision: 'deny' })
  await turnEnd(session.id, third.id)
  expect(await eventsOf(session.id, 'approval')).toHaveLength(3)
})

it('is told no when the deadline has passed, and goes on', async () => {
  await using impatient = await startServer({ ...environment(), BREAKGLASS_APPROVAL_TIMEOUT_S: '0.5' })
  const { id, workspace } = await impatient.open({ agent: 'claude' })
  await impatient.prompt(id, touching('a'))
  await untilTurnEnd(impatient.eventsUrl(id), impatient.token())
  const events = await impatient.events(id)
  const asked = events.find((event) => event.kind === 'approval')!
  const resolved = events.find((event) => event.kind === 'approval_resolved')!
  expect(resolved).toMatchObject({
    decision: 'deny',
    by: 'deadline',
    message: expect.stringContaining('deadline'),
  })
  expect(Date.parse(resolved.at)).toBeGreaterThanOrEqual(
    Date.parse((asked as { expiresAt: string }).expiresAt),
  )
  expect(events.find((event) => event.kind === 'tool_result')).toMatchObject({
    text: expect.stringContaining('deadline'),
  })
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
  expect(existsSync(join(workspace, 'a'))).toBe(false)
  const late = await answer(
    id,
    (asked as { approvalId: string }).approvalId,
    { decision: 'allow' },
    impatient,
  )
  expect(late).toMatchObject({ status: 409, body: { resolution: { by: 'deadline' } } })
})

it('waits through a kill -9 of the server, and has its answer from the next one', async () => {
  const session = await open()
  await server.prompt(session.id, touching('a'))
  const { approvalId } = await approval(session.id)
  await server.kill()
  await server.start()
  expect((await server.get(`/api/sessions/${session.id}`)).body).toMatchObject({
    ...{ state: 'running', approvals: [{ approvalId }] },
  })
  expect((await answer(session.id, approvalId, { decision: 'allow' })).status).toBe(200)
  await turnEnd(session.id)
  expect(existsSync(join(session.workspace, 'a'))).toBe(true)
  const events = await server.events(session.id)
  expect(checkLog(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

it('takes one of two answers that come at the same moment', async () => {
  const session = await open()
  await server.prompt(session.id, touching('a'))
  const { approvalId } = await approval(session.id)
  const answers = await Promise.all([
    answer(session.id, approvalId, { decision: 'allow' }),
    answer(session.id, approvalId, { decision: 'deny', message: 'No.' }),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  const [won, lost] = answers.sort((a, b) => a.status - b.status)
  const { decision } = won!.body
  expect(lost!.body).toMatchObject({ code: 'already_resolved', resolution: { decision, by: 'token' } })
  await turnEnd(session.id)
  const runs = join(server.dataDir, 'sessions', session.id, 'runs')
  const said = readdirSync(runs).map((run) => readFileSync(join(runs, run, 'in'), 'utf8'))
  expect(said.join('').match(/control_response/g)).toHaveLength(1)
  expect(await eventsOf(session.id, 'approval_resolved')).toHaveLength(1)
  expect(existsSync(join(session.workspace, 'a'))).toBe(decision === 'allow')
})

it('stops within 2 s of a cancel in `sleep 300`, by its interrupt alone, and knows what was said', async () => {
  const session = await open()
  await server.prompt(
    session.id,
    script({ text: 'I wait a while.', tools: [bash('touch asleep; sleep 300')] }, { text: 'never' }),
  )
  const asked = await approval(session.id)
  await answer(session.id, asked.approvalId, { decision: 'allow' })
  await expect.poll(() => existsSync(join(session.workspace, 'asleep'))).toBe(true)
  const cancelledAt = performance.now()
  expect((await server.post(`/api/sessions/${session.id}/cancel`)).status).toBe(202)
  const { frames } = await turnEnd(session.id, asked.id)
  const tookMs = performance.now() - cancelledAt
  process.stdout.write(`interrupted in ${tookMs.toFixed(0)} ms\n`)
  expect(tookMs).toBeLessThan(2_000)
  // The agent left by itself: a signal would be its exit status, and SIGTERM comes after 10 s here.
  expect(frames.at(-1)!.data).toMatchObject({ outcome: 'cancelled', exitCode: 1, signal: null, survivors: 0 })
  expect(processesWith(`BREAKGLASS_TURN=${session.id}:1`)).toEqual([])

  await server.prompt(session.id, script({ text: 'I know.' }))
  await turnEnd(session.id, frames.at(-1)!.id)
  expect(JSON.stringify(api.requests.at(-1))).toContain('I wait a while.')
  expect(JSON.stringify(api.requests.at(-1))).toContain('sleep 300')
})

it('denies what is asked by a cancel, within the agent’s own interrupt', async () => {
  const session = await open()
  await server.prompt(session.id, touching('a'))
  const { approvalId } = await approval(session.id)
  await server.post(`/api/sessions/${session.id}/cancel`)
  await turnEnd(session.id)
  const events = await server.events(session.id)
  expect(checkLog(events)).toEqual([])
  expect(events.filter(({ kind }) => kind === 'approval_resolved')).toMatchObject([
    { approvalId, decision: 'deny', by: 'cancel' },
  ])
  expect(events.at(-1)).toMatchObject({ outcome: 'cancelled', signal: null })
  const late = await answer(session.id, approvalId, { decision: 'allow' })
  expect(late).toMatchObject({
    status: 409,
    body: { code: 'already_resolved', resolution: { by: 'cancel' } },
  })
})

it('asks a question with options, and reads the answer', async () => {
  const { id } = await open()
  const questions = [
    {
      ...{ question: 'Which disk?', header: 'Disk', multiSelect: false },
      options: ['sda', 'sdb'].map((label) => ({ label, description: `the disk ${label}` })),
    },
  ]
  await server.prompt(
    id,
    script({ text: 'Hm.', tools: [{ name: 'AskUserQuestion', input: { questions } }] }, { text: 'Thanks.' }),
  )
  const asked = await approval(id)
  expect(asked).toMatchObject({ toolName: 'AskUserQuestion', input: { questions }, suggestions: [] })
  expect(await answer(id, asked.approvalId, { decision: 'allow', always: true })).toMatchObject({
    status: 400,
  })
  const updatedInput = { ...asked.input, answers: { 'Which disk?': 'sdb' } }
  await answer(id, asked.approvalId, { decision: 'allow', updatedInput })
  await turnEnd(id)
  expect(await eventsOf(id, 'tool_result')).toMatchObject([{ text: expect.stringContaining('"sdb"') }])
})

it('asks before it leaves its plan', async () => {
  const { id } = await open()
  const plan = { name: 'ExitPlanMode', input: { plan: '1. Look. 2. Clean.' } }
  await server.prompt(
    id,
    script(
      { text: 'Plan.', tools: [{ name: 'EnterPlanMode', input: {} }] },
      { text: 'Out.', tools: [plan] },
      { text: 'Go.' },
    ),
  )
  let asked = await approval(id)
  if (asked.toolName === 'EnterPlanMode') {
    await answer(id, asked.approvalId, { decision: 'allow' })
    asked = await approval(id, asked.id)
  }
  expect(asked).toMatchObject({ toolName: 'ExitPlanMode', input: plan.input })
  await answer(id, asked.approvalId, { decision: 'allow' })
  await turnEnd(id)
  const results = await eventsOf(id, 'tool_result')
  expect(results.at(-1)).toMatchObject({ text: expect.stringContaining('approved') })
})

it('edits without asking when edits are accepted, and asks for the rest', async () => {
  const { id, workspace } = await server.open({ agent: 'claude', permissionMode: 'acceptEdits' })
  const write = { name: 'Write', input: { file_path: join(workspace, 'note'), content: 'hi' } }
  const steps = [
    { text: 'W.', tools: [write] },
    { text: 'R.', tools: [bash('python3 -c 1')] },
    { text: 'Done.' },
  ]
  await server.prompt(id, script(...steps))
  const asked = await approval(id)
  expect(asked.toolName).toBe('Bash')
  expect(readFileSync(join(workspace, 'note'), 'utf8')).toBe('hi')
  await answer(id, asked.approvalId, { decision: 'deny' })
  await turnEnd(id)
})

it('asks for a subagent in the background, after the agent’s own result', async () => {
  const { id, workspace } = await open()
  const inner = script({ text: 'I look.', tools: [bash('touch inner')] }, { text: 'Looked.' })
  const task = {
    name: 'Task',
    input: { description: 'Look', prompt: inner, subagent_type: 'general-purpose', run_in_background: true },
  }
  await server.prompt(id, script({ text: 'Delegating.', tools: [task] }, { text: 'Meanwhile.' }))
  const asked = await approval(id)
  await readStream(server.eventsUrl(id), {
    token: server.token(),
    until: (frame) => frame.data?.kind === 'result',
  })
  expect((await answer(id, asked.approvalId, { decision: 'allow' })).status).toBe(200)
  await turnEnd(id)
  expect(existsSync(join(workspace, 'inner'))).toBe(true)
  const events = await server.events(id)
  expect(checkLog(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})
