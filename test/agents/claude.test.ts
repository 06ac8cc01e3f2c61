/** The real claude CLI, driven by the real server, against a scripted model API on loopback. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { Event } from '../../src/machines/events.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { type ModelApi, startModelApi } from '../support/model-api.ts'
import { echo } from '../support/model-api-script.ts'
import { pngOf } from '../support/png.ts'
import { processesWith } from '../support/processes.ts'
import { type Frame, isTurnEnd, readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { claudeEnvironment } from './claude-environment.ts'

let api: ModelApi
let server: TestServer
const home = mkdtempSync(join(tmpdir(), 'breakglass-home-'))

beforeAll(async () => {
  api = await startModelApi()
  server = await startServer({
    ...claudeEnvironment(api.url),
    HOME: home,
    BREAKGLASS_KILL_GRACE_S: '5',
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await api.close()
  rmSync(home, { recursive: true, force: true })
})

const open = () => server.open({ agent: 'claude', permissionMode: 'bypass' })
const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'a command' } })
const turnEnd = (id: string, after?: number) => untilTurnEnd(server.eventsUrl(id), server.token(), after)
const kinds = (events: Event[]) => events.map((event) => event.kind)
/** What the model was sent in its newest request, as one text. */
const lastRequest = () => JSON.stringify(api.requests.at(-1))

it('shows a turn with thinking, a tool and text, and resumes it in the next', async () => {
  const { id } = await open()
  const steps = [
    { thinking: 'I should look.', text: 'Looking.', tools: [bash('echo hi')] },
    { text: 'It said hi.' },
  ]
  await server.prompt(id, script(...steps))
  const { frames } = await turnEnd(id)
  const events = await server.events(id)
  expect(kinds(events)).toEqual([
    ...['user', 'turn_start', 'agent_ready', 'thinking', 'text', 'tool_use', 'tool_result', 'text'],
    ...['result', 'turn_end'],
  ])
  expect(checkLog(events)).toEqual([])
  expect(events).toMatchObject([
    {},
    {},
    { agentSessionId: id },
    { text: 'I should look.', block: 0 },
    { text: 'Looking.', block: 1 },
    { name: 'Bash', input: { command: 'echo hi' } },
    { text: 'hi', isError: false, bytes: 2 },
    { text: 'It said hi.', block: 2 },
    { isError: false, text: 'It said hi.' },
    { outcome: 'completed', exitCode: 0 },
  ])

  await server.prompt(id, script({ text: 'I remember.' }))
  const { frames: second } = await turnEnd(id, frames.at(-1)!.id)
  expect(second.at(-1)!.data).toMatchObject({ outcome: 'completed', turn: 2 })
  for (const said of ['I should look.', 'echo hi', 'It said hi.']) expect(lastRequest()).toContain(said)
})

it('is attached to in the middle of a turn, cut and resumed at every event, and seen once', async () => {
  const { id } = await open()
  const rounds = [1, 2, 3].map((i) => ({
    thinking: `step ${i}`,
    text: `say ${i}`,
    tools: [bash(`echo ${i}`)],
  }))
  await server.prompt(id, script(...rounds, { text: 'half', gate: 'middle' }, { text: 'end' }))
  const seen: Frame[] = []
  let cursor = 1
  while (seen.at(-1)?.data.kind !== 'turn_end') {
    const cut = await readStream(server.eventsUrl(id), {
      token: server.token(),
      lastEventId: cursor,
      cutAfter: 1,
    })
    const frame = cut.frames.find((candidate) => candidate.id !== undefined)!
    seen.push(frame)
    cursor = frame.id!
    if (frame.data.kind === 'tool_result' && frame.data.text === '3') api.release('middle')
  }
  const events = await server.events(id)
  expect(seen.map((frame) => frame.data)).toEqual(events.slice(2))
  expect(seen.length).toBeGreaterThan(12)
})

it('leaves no process of a turn that is cancelled in the middle of a tool', async () => {
  const { id } = await open()
  await server.prompt(
    id,
    script({ text: 'Sleeping.', tools: [bash('sleep 300 & sleep 3000')] }, { text: 'no' }),
  )
  await readStream(server.eventsUrl(id), {
    token: server.token(),
    until: (frame) => frame.data?.kind === 'tool_use',
  })
  const marker = `BREAKGLASS_TURN=${id}:1`
  const members = () => processesWith(marker)
  // The tool is announced before its shell runs.
  await expect.poll(() => members().filter((name) => name === 'sleep').length).toBe(2)
  const cancelledAt = Date.now()
  await server.post(`/api/sessions/${id}/cancel`)
  await turnEnd(id)
  const tookMs = Date.now() - cancelledAt
  expect(members()).toEqual([])
  const events = await server.events(id)
  expect(checkLog(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 0 })
  // By its own interrupt: it said a result, and was not killed.
  expect(kinds(events)).toContain('result')
  process.stdout.write(`cancelled in ${tookMs} ms\n`)

  await server.prompt(id, script({ text: 'Back.' }))
  await turnEnd(id, events.at(-1)!.id)
  expect(lastRequest()).toContain('Sleeping.')
})

it('says that the model’s API is overloaded, and completes when it recovers', async () => {
  const { id } = await open()
  await server.prompt(id, script({ overloaded: 2, text: 'At last.' }))
  await turnEnd(id)
  const events = await server.events(id)
  const notices = events.filter((event) => event.kind === 'notice')
  expect(notices).toMatchObject([
    { level: 'warn', code: 'api_retry', text: expect.stringContaining('529 overloaded): retry 1 of') },
    { level: 'warn', code: 'api_retry', text: expect.stringContaining('retry 2 of') },
  ])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

it.each([
  ['a prompt of 1 MiB', 'p'.repeat(1024 * 1024)],
  ['a prompt that looks like an option', '--settings={"x":1}'],
])('carries %s to the model as text', async (_what, prompt) => {
  const { id } = await open()
  await server.prompt(id, prompt)
  await turnEnd(id)
  const events = await server.events(id)
  expect(events.find((event) => event.kind === 'text')).toMatchObject({ text: echo(prompt) })
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

it('carries images to the model as they are, and tells of all files by path', async () => {
  const { id, workspace } = await open()
  const client = createClient({ url: server.url, token: server.token() })
  const image = pngOf()
  const files = await client.upload(id, [new File([image], 'shot.png'), new File(['x'], 'my log.txt')])
  const attachments = files.map(({ path }) => path)
  await client.prompt(id, { prompt: script({ text: 'I see.' }), attachments })
  const { frames } = await turnEnd(id)
  expect(frames.at(-1)!.data).toMatchObject({ outcome: 'completed' })
  const { content } = api.requests.at(-1)!.messages.find(({ role }) => role === 'user')!
  expect(content).toContainEqual(
    expect.objectContaining({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: image.toString('base64') },
    }),
  )
  for (const path of attachments) expect(lastRequest()).toContain(join(workspace, path))
})

it('takes as many large images as a prompt may have, and still its own commands', async () => {
  const { id } = await open()
  const client = createClient({ url: server.url, token: server.token() })
  const image = pngOf(4.9 * 1024 * 1024)
  const files = await client.upload(
    id,
    [1, 2, 3, 4].map((i) => new File([image], `${i}.png`)),
  )
  const attachments = files.map(({ path }) => path)
  await client.prompt(id, { prompt: script({ text: 'I see.' }), attachments })
  const { frames } = await turnEnd(id)
  expect(frames.at(-1)!.data).toMatchObject({ outcome: 'completed' })
  // The fourth is beyond what goes inline. The CLI makes the others smaller by itself.
  expect(lastRequest().match(/"type":"image"/g)).toHaveLength(3)
  await client.prompt(id, { prompt: '/help', attachments: attachments.slice(0, 1) })
  await turnEnd(id, frames.at(-1)!.id)
  expect(JSON.stringify((await server.events(id)).at(-2))).toContain('/help')
})

it('shows what a subagent does under its parent', async () => {
  const { id } = await open()
  const inner = script({ text: 'Inner.', tools: [bash('echo inner')] }, { text: 'Inner done.' })
  const task = {
    name: 'Task',
    input: { description: 'Look', prompt: inner, subagent_type: 'general-purpose' },
  }
  await server.prompt(id, script({ text: 'Delegating.', tools: [task] }, { text: 'All done.' }))
  await turnEnd(id)
  const events = await server.events(id)
  const use = events.find((event) => event.kind === 'tool_use' && event.name === 'Task')
  const parent = (use as { toolUseId: string }).toolUseId
  const children = events.filter((event) => 'parent' in event && event.parent === parent)
  expect(children.map((event) => event.kind)).toEqual(expect.arrayContaining(['tool_use', 'tool_result']))
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

it('starts anew, and says so, when the agent has forgotten the conversation', async () => {
  const { id } = await open()
  await server.prompt(id, script({ text: 'One.' }))
  const { frames } = await turnEnd(id)
  rmSync(join(home, '.claude', 'projects'), { recursive: true, force: true })
  await server.prompt(id, script({ text: 'Two.' }))
  await turnEnd(id, frames.at(-1)!.id)
  const events = (await server.events(id)).filter((event) => event.turn === 2)
  expect(kinds(events)).toEqual(['user', 'turn_start', 'notice', 'agent_ready', 'text', 'result', 'turn_end'])
  expect(events[2]).toMatchObject({ level: 'warn', code: 'agent_memory_lost' })
  expect(checkLog(await server.events(id))).toEqual([])

  await server.prompt(id, script({ text: 'Three.' }))
  await turnEnd(id, events.at(-1)!.id)
  expect(lastRequest()).toContain('Two.')
})

it('goes on with a conversation that is already there under its id', async () => {
  const { id } = await open()
  await server.prompt(id, script({ text: 'Once.' }))
  await turnEnd(id)
  // The same id on another server, as after a lost first turn: it has never heard of the conversation.
  await using other = await startServer({
    ...claudeEnvironment(api.url),
    HOME: home,
    BREAKGLASS_WORKSPACE_ROOTS: server.dataDir,
  })
  const workspace = join(server.dataDir, 'workspaces', id)
  await other.request('PUT', `/api/sessions/${id}`, { agent: 'claude', permissionMode: 'bypass', workspace })
  await other.prompt(id, script({ text: 'Twice.' }))
  await untilTurnEnd(other.eventsUrl(id), other.token())
  const events = await other.events(id)
  expect(events).toContainEqual(expect.objectContaining({ kind: 'notice', code: 'agent_session_taken' }))
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
  expect(lastRequest()).toContain('Once.')
})

/** The unfinished text, put together by offset, after each frame of a stream. */
const writtenIn = (frames: Frame[]) => {
  let written = ''
  return frames.flatMap(({ event, data }) => {
    if (event !== 'partial') return []
    written = written.slice(0, data.offset) + data.text
    return [{ block: data.block as number, kind: data.kind as string, written }]
  })
}

it('shows what the model is writing, before and after a kill -9, and then the same as a finished block', async () => {
  const { id } = await open()
  const text = 'One two three 🧯 four five six seven eight nine ten.'
  await server.prompt(
    id,
    script({ thinking: 'First I think a little.', text, gate: 'writing' }, { text: '' }),
  )
  const isText = (frame: Frame) => frame.event === 'partial' && frame.data.kind === 'text'
  const before = await readStream(server.eventsUrl(id), { token: server.token(), until: isText })
  await server.kill()
  await server.start()
  const frames: Frame[] = []
  const after = readStream(server.eventsUrl(id), {
    token: server.token(),
    lastEventId: 1,
    until: isTurnEnd,
    onFrame: (frame) => frames.push(frame),
  })
  await expect.poll(() => writtenIn(frames).at(-1)?.written ?? '').toMatch(/^One two/)
  const soFar = writtenIn(frames).at(-1)!
  expect(text.startsWith(soFar.written) && soFar.written.length < text.length).toBe(true)
  api.release('writing')
  await after

  const events = await server.events(id)
  const [thought, said] = events.filter((event) => event.kind === 'thinking' || event.kind === 'text')
  expect([thought, said]).toMatchObject([
    { kind: 'thinking', text: 'First I think a little.', block: 0 },
    { kind: 'text', text, block: 1 },
  ])
  expect(soFar).toMatchObject({ kind: 'text', block: 1 })
  expect(writtenIn(before.frames).at(-1)).toMatchObject({ kind: 'text', block: 1 })
  // Whatever comes in one read with the finished block comes with it alone.
  const finished = events.flatMap((event) => ('block' in event ? [event.text] : []))
  for (const { block, written } of writtenIn(frames)) expect(finished[block]!.startsWith(written)).toBe(true)
  expect(kinds(events)).not.toContain('partial')
  expect(checkLog(events)).toEqual([])
})

it.each([
  ['and is asked once more', {}, 'One two three four five six.', 'completed'],
  ['and gives up', { thinking: 'Hm.' }, 'Connection closed mid-response', 'failed'],
])(
  'takes back what was being written when the model’s connection breaks, %s',
  async (_how, step, text, outcome) => {
    const { id } = await open()
    await server.prompt(id, script({ ...step, text: 'One two three four five six.', broken: 1 }))
    const { frames } = await turnEnd(id)
    const events = await server.events(id)
    const said = events.flatMap((event) => (event.kind === 'text' ? [event] : []))
    expect(said).toMatchObject([{ text: expect.stringContaining(text) }])
    const finished = events.flatMap((event) => ('block' in event ? [event.block] : []))
    // What was shown of a block that never came is taken back; what was never shown is not.
    const left = new Map(writtenIn(frames).map(({ block, written }) => [block, written]))
    for (const [block, written] of left) if (!finished.includes(block)) expect(written).toBe('')
    expect(events.at(-1)).toMatchObject({ outcome })
  },
)

it('survives a kill -9 of the server in the middle of a turn', async () => {
  const { id } = await open()
  await server.prompt(
    id,
    script({ text: 'Before.', tools: [bash('echo one')] }, { text: 'x', gate: 'alive' }, { text: '' }),
  )
  await readStream(server.eventsUrl(id), {
    token: server.token(),
    until: (frame) => frame.data?.kind === 'tool_result',
  })
  await server.kill()
  api.release('alive')
  await server.start()
  await readStream(server.eventsUrl(id), { token: server.token(), until: isTurnEnd })
  const events = await server.events(id)
  expect(checkLog(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed', exitCode: 0 })
})
