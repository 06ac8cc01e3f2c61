/** A session of as many events as wanted, of the kinds that a day's work has, made by the scripted agent. */
import { script, type TestServer } from '../../test/support/server.ts'

export const LAST_LINE = 'This is the very last line.'

/** Tools in a turn: a turn is as long as a prompt may be. */
const STEPS = 1_500
const EVENTS_PER_STEP = 4

const line = (type: string, content: object): { raw: string } => ({
  raw: `${JSON.stringify({ type, message: { role: type, content: [content] } })}\n`,
})

const OUTPUTS = [
  'Filesystem      Size  Used Avail Use%\n\u001b[31m/dev/sda1        98G   95G  3.0G  97%\u001b[0m\n',
  Array.from({ length: 40 }, (_, i) => `Nov 22 19:00:${i} db-3 postgres[${i}]: could not write to file`).join(
    '\n',
  ),
  '{"status":"success"}',
]
const WORDS = 'The root file system is **97 % full**, and `journald` keeps most of it. '
const TEXTS = [
  'Let me look at the next one.',
  WORDS.repeat(4),
  `## Found\n\n1. \`/var/log\` has 38 GiB\n2. \`/var/lib\` has 21 GiB\n\n${WORDS.repeat(2)}`,
  `${WORDS}\n\n\`\`\`yaml\nSystemMaxUse: 2G\nenabled: true\n\`\`\`\n`,
  '| Mount | Size | Used |\n|---|--:|--:|\n| / | 98G | 95G |\n| /boot | 1G | 210M |\n',
]
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length]!

function step(n: number): object[] {
  const id = `tool-${n}`
  const isEdit = n % 7 === 3
  const input = isEdit
    ? { file_path: '/etc/journald.conf', old_string: 'a\nb\nc\n', new_string: 'a\nB\nc\n' }
    : { command: `df -h /disk-${n} | sort -k5 -rn | head`, description: `Look at disk ${n}` }
  return [
    { think: `I should look at disk ${n} now, without touching anything.` },
    line('assistant', { type: 'tool_use', id, name: isEdit ? 'Edit' : 'Bash', input }),
    line('user', { type: 'tool_result', tool_use_id: id, content: pick(OUTPUTS, n), is_error: n % 11 === 5 }),
    { say: pick(TEXTS, n) },
  ]
}

/** @returns the session's id */
export async function makeLongSession(server: TestServer, events: number): Promise<string> {
  const { id } = await server.open({ title: `${events} events` })
  const head = async (): Promise<number> => (await server.get(`/api/sessions/${id}`)).body.lastEventId + 1
  for (let n = 0; (await head()) < events; n += STEPS) {
    const missing = Math.ceil((events - (await head())) / EVENTS_PER_STEP)
    const steps = Array.from({ length: Math.min(STEPS, missing) }, (_, i) => step(n + i)).flat()
    await run(server, id, script(...(steps as Record<string, unknown>[])))
  }
  await run(server, id, script({ say: LAST_LINE }))
  return id
}

async function run(server: TestServer, id: string, prompt: string): Promise<void> {
  await server.prompt(id, prompt)
  const stream = await fetch(server.eventsUrl(id), {
    headers: {
      authorization: `Bearer ${server.token()}`,
      accept: 'text/event-stream',
      'last-event-id': String((await server.get(`/api/sessions/${id}`)).body.lastEventId),
    },
  })
  let text = ''
  for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
    text = text.slice(-200) + chunk
    if (text.includes('"kind":"turn_end"')) return
  }
}
