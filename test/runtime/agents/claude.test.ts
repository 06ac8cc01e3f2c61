import { expect, test } from 'vitest'
import type { Exit } from '../../../src/machines/process-events.ts'
import type { Agent, Attachment } from '../../../src/runtime/agents/agent.ts'
import { createClaudeAgent } from '../../../src/runtime/agents/claude.ts'
import { readFixture, recordedLines } from './recordings.ts'

type TurnRequest = Parameters<Agent['launch']>[0]

const claude = createClaudeAgent('/opt/claude')

const request = (change: Partial<TurnRequest> = {}): TurnRequest => ({
  ...{ prompt: 'hi', model: null, permissionMode: 'ask', runDir: '/run', stateDir: '/state' },
  memory: { id: 'ID', known: false },
  ...{ attachments: [], allowed: [] },
  ...change,
})

const MiB = 1024 * 1024
const attachment = (name: string, mediaType: string, content: string): Attachment => ({
  ...{ path: `/ws/attachments/${name}`, mediaType, bytes: content.length },
  read: (bytesMax) => (content.length > bytesMax ? null : Buffer.from(content)),
})

const exit = (change: Partial<Exit> = {}): Exit => ({ exitCode: 1, signal: null, error: '', ...change })

test('the prompt is in the input and never in argv, whatever it looks like', () => {
  for (const prompt of ['--settings={"x":1}', 'two\nlines', '', '\0', 'x'.repeat(200_000), '🧯']) {
    const { argv, input, files } = claude.launch(request({ prompt }))
    expect(argv).toEqual(claude.launch(request({ prompt: 'other' })).argv)
    expect(input!.endsWith('\n')).toBe(true)
    expect(input!.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(input!).message).toEqual({ role: 'user', content: [{ type: 'text', text: prompt }] })
    expect(files).toEqual({})
  }
})

test('images are blocks, everything is named, and the prompt is the last block: there the CLI looks for a command', () => {
  const image = attachment('shot.png', 'image/png', 'PNG')
  const log = attachment('my log.txt', 'application/octet-stream', 'text')
  const { argv, input } = claude.launch(request({ prompt: '/compact', attachments: [image, log] }))
  expect(argv).toEqual(claude.launch(request()).argv)
  expect(JSON.parse(input!).message.content).toEqual([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: btoa('PNG') } },
    {
      type: 'text',
      text:
        'Attached files:\n- /ws/attachments/shot.png (image/png, 3 bytes, shown above)\n' +
        '- /ws/attachments/my log.txt (application/octet-stream, 4 bytes)',
    },
    { type: 'text', text: '/compact' },
  ])
})

test('an image that is too large, too much with the others, or gone is named alone', () => {
  const sizes = [5 * MiB + 1, 5 * MiB, 5 * MiB, 5 * MiB - 1, 2, 1]
  const images = sizes.map((size, i) => attachment(`${i}.png`, 'image/png', 'x'.repeat(size)))
  const gone = { ...attachment('gone.png', 'image/png', 'x'), read: () => null }
  const { content } = JSON.parse(claude.launch(request({ attachments: [...images, gone] })).input!).message
  expect(content.map(({ type }: { type: string }) => type)).toEqual([
    ...['image', 'image', 'image', 'image', 'text', 'text'],
  ])
  expect(content[4].text.match(/\d\.png.*shown above/g).map((line: string) => line[0])).toEqual([
    ...['1', '2', '3', '5'],
  ])
  expect(content[4].text).toContain('gone.png')
})

test('the program is the one that was configured, and it speaks stream-json', () => {
  const { argv } = claude.launch(request())
  expect(argv[0]).toBe('/opt/claude')
  expect(argv.join(' ')).toContain('-p --input-format stream-json --output-format stream-json --verbose')
  // What is being written, before it is finished.
  expect(argv).toContain('--include-partial-messages')
})

test('a conversation begins under the session’s id, and is resumed under the one it is known by', () => {
  expect(claude.launch(request()).argv.slice(-2)).toEqual(['--session-id', 'ID'])
  expect(claude.launch(request({ memory: { id: 'NEW', known: true } })).argv.slice(-2)).toEqual([
    '--resume',
    'NEW',
  ])
})

test('a model is one argument, even one that begins with a dash; without a model there is none', () => {
  expect(claude.launch(request({ model: '--bad' })).argv).toContain('--model=--bad')
  expect(claude.launch(request()).argv.join(' ')).not.toContain('--model')
})

test.for([
  ['ask', 'default'],
  ['acceptEdits', 'acceptEdits'],
  ['bypass', 'bypassPermissions'],
] as const)('the permission mode %s is claude’s %s', ([permissionMode, mode]) => {
  const { argv } = claude.launch(request({ permissionMode }))
  expect(argv[argv.indexOf('--permission-mode') + 1]).toBe(mode)
})

test('the interrupt is one line that claude knows', () => {
  const { input } = claude.interrupt as { input: string }
  expect(input.indexOf('\n')).toBe(input.length - 1)
  expect(JSON.parse(input)).toMatchObject({ type: 'control_request', request: { subtype: 'interrupt' } })
})

const known = { id: 'ID', known: true }
const lost = {
  memory: { id: 'FRESH', known: false },
  record: { kind: 'notice', level: 'warn', code: 'agent_memory_lost' },
}

test('a conversation that claude does not know any more begins anew, and the log says so', () => {
  const { state } = claude.translate(claude.begin(), recordedLines('resume-unknown'))
  expect(claude.retry(state, exit(), known, 'FRESH')).toMatchObject(lost)
  const error = readFixture('resume-unknown.stderr.txt')
  expect(claude.retry(claude.begin(), exit({ error }), known, 'FRESH')).toMatchObject(lost)
})

test('a conversation that claude has already is gone on with', () => {
  const error = readFixture('session-id-in-use.stderr.txt')
  expect(claude.retry(claude.begin(), exit({ error }), { id: 'ID', known: false }, 'FRESH')).toMatchObject({
    memory: { id: 'ID', known: true },
    record: { kind: 'notice', level: 'info', code: 'agent_session_taken' },
  })
})

test('what one start was refused for does not make the other start again', () => {
  const taken = readFixture('session-id-in-use.stderr.txt')
  const unknown = readFixture('resume-unknown.stderr.txt')
  expect(claude.retry(claude.begin(), exit({ error: taken }), known, 'FRESH')).toBeNull()
  expect(
    claude.retry(claude.begin(), exit({ error: unknown }), { id: 'ID', known: false }, 'FRESH'),
  ).toBeNull()
})

test('no other end is a reason to start again', () => {
  for (const error of ['', readFixture('root-refused.stderr.txt'), 'out of memory'])
    for (const memory of [known, { id: 'ID', known: false }])
      for (const exitCode of [0, 1, 137])
        expect(claude.retry(claude.begin(), exit({ error, exitCode }), memory, 'F')).toBeNull()
})
