import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ModelApi, startModelApi } from './model-api.ts'
import { echo, type Message, type Step } from './model-api-script.ts'

let api: ModelApi

beforeEach(async () => {
  api = await startModelApi()
})

afterEach(() => api.close())

test('a scripted step arrives as the events of the real API, in their order', async () => {
  const input = { command: 'echo hi' }
  const events = await readEvents(
    await ask([prompt([{ thinking: 'Hm.', text: 'Let me look.', tools: [{ name: 'Bash', input }] }])]),
  )
  expect(events.map(({ type }) => type.replace('content_block_', ''))).toEqual(
    'message_start start delta delta stop start delta delta delta stop start delta delta stop message_delta message_stop'.split(
      ' ',
    ),
  )
  const deltas = events.flatMap(({ delta }) => (delta?.type ? [delta] : []))
  expect(deltas.map(({ type }) => type)).toEqual(
    'thinking_delta signature_delta text_delta text_delta text_delta input_json_delta input_json_delta'.split(
      ' ',
    ),
  )
  expect(deltas.map(({ text }) => text ?? '').join('')).toBe('Let me look.')
  expect(JSON.parse(deltas.map(({ partial_json }) => partial_json ?? '').join(''))).toEqual(input)
  expect(events.at(-2)?.delta).toMatchObject({ stop_reason: 'tool_use' })
})

test('each round of tool results is answered by the next step, and the end of the script is said', async () => {
  const first = prompt([{ tools: [{ name: 'Bash', input: {} }] }, { text: 'Done.' }])
  expect(await textOf([first])).toBe('')
  expect(await textOf([first, called, result])).toBe('Done.')
  expect(await textOf([first, called, result, called, result])).toBe('The script is over.')
})

test('the newest prompt rules: an older script is left, and what the CLI adds is no prompt', async () => {
  const old = prompt([{ text: 'Old.' }])
  const answer: Message = { role: 'assistant', content: [{ type: 'text', text: 'Old.' }] }
  const reminder = user('<system-reminder>SCRIPT: [{"text":"No."}]</system-reminder>')
  expect(
    await textOf([old, answer, prompt([{ text: 'New.' }]), reminder, { role: 'system', content: '…' }]),
  ).toBe('New.')
  expect(await textOf([old, answer, user('Plain words')])).toBe(echo('Plain words'))
})

test("a subagent follows the script inside its own prompt, the main agent's is around it", async () => {
  const inner = prompt([{ text: 'Inner [bracket.' }])
  const outer = prompt([{ tools: [{ name: 'Task', input: { prompt: inner.content } }] }, { text: 'Outer.' }])
  expect(await textOf([inner])).toBe('Inner [bracket.')
  expect(await textOf([outer, called, result])).toBe('Outer.')
})

test('a prompt without a script is answered with its length and hash, without a stream too', async () => {
  const response = await post('/v1/messages', { model: 'm', messages: [user('hello')] })
  expect(await response.json()).toMatchObject({
    role: 'assistant',
    stop_reason: 'end_turn',
    content: [
      { text: 'Got 5 characters, sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' },
    ],
  })
  expect(api.requests).toEqual([{ model: 'm', messages: [user('hello')] }])
})

test('an overloaded step answers 529 so many times, then its message; a status stays', async () => {
  const overloaded = [prompt([{ overloaded: 2, text: 'Through.' }])]
  const first = await ask(overloaded)
  expect(first.status).toBe(529)
  expect(await first.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
  expect((await ask(overloaded)).status).toBe(529)
  expect(await textOf(overloaded)).toBe('Through.')

  const refused = await ask([prompt([{ status: 401 }])])
  expect([refused.status, await refused.json()]).toMatchObject([
    401,
    { error: { type: 'authentication_error' } },
  ])
})

test('a gate holds the stream half-way until it is released', async () => {
  const response = await ask([prompt([{ text: 'One two three four.', gate: 'middle' }])])
  await api.reached('middle')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  while (!seen.includes('two ')) seen += (await reader.read()).value
  expect(seen).not.toContain('message_stop')
  api.release('middle')
  for (let part = await reader.read(); !part.done; part = await reader.read()) seen += part.value
  expect(seen).toContain('four.')
  expect(seen).toContain('message_stop')
})

test('closing cuts a stream that stands at a gate', async () => {
  const response = await ask([prompt([{ text: 'One two.', gate: 'never' }])])
  await api.reached('never')
  const cut = expect(response.text()).rejects.toThrow()
  await api.close()
  await cut
  api = await startModelApi()
})

test('the other things the CLI asks for are answered', async () => {
  expect((await fetch(api.url, { method: 'HEAD' })).status).toBe(200)
  expect(await (await post('/v1/messages/count_tokens?beta=true', {})).json()).toEqual({ input_tokens: 12 })
  expect((await post('/v1/nothing', {})).status).toBe(404)
  expect((await ask([user('SCRIPT: nonsense')])).status).toBe(400)
})

type Delta = { type?: string; text?: string; partial_json?: string; stop_reason?: string }

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const prompt = (steps: Step[]) => ({ role: 'user', content: `SCRIPT: ${JSON.stringify(steps)} Go!` })
const called: Message = { role: 'assistant', content: [{ type: 'tool_use', name: 'Bash', input: {} }] }
const result: Message = {
  role: 'user',
  content: [{ type: 'tool_result', content: 'SCRIPT: [{"text":"No."}]' }],
}

function ask(messages: Message[]): Promise<Response> {
  return post('/v1/messages', { model: 'm', stream: true, messages })
}

function post(path: string, body: object): Promise<Response> {
  return fetch(api.url + path, { method: 'POST', body: JSON.stringify(body) })
}

async function textOf(messages: Message[]): Promise<string> {
  return (await readEvents(await ask(messages))).map(({ delta }) => delta?.text ?? '').join('')
}

async function readEvents(response: Response): Promise<{ type: string; delta?: Delta }[]> {
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const frames = (await response.text()).split('\n\n').slice(0, -1)
  return frames.map((frame) => {
    const [name, data] = frame.split('\n')
    const event = JSON.parse(data!.replace(/^data: /, ''))
    expect(name).toBe(`event: ${event.type}`)
    return event
  })
}
