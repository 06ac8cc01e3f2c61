import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Event } from '../../src/machines/events.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { startServer, type TestServer, textsOf } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function run(server: TestServer, agent: string, prompt: string): Promise<Event[]> {
  const { id } = await server.open({ agent })
  expect((await server.prompt(id, prompt)).status).toBe(202)
  const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
  const events = frames.flatMap((frame) => (frame.id === undefined ? [] : [frame.data]))
  expect(checkLog(events)).toEqual([])
  return events
}
const shell = (prompt: string) => run(server, 'shell', prompt)
const output = (events: Event[]) => textsOf(events).join('')

it('a million tiny lines arrive, each of them', async () => {
  const events = await shell('seq 1000000')
  const expected = createHash('sha256')
  for (let i = 1; i <= 1_000_000; i++) expected.update(`${i}\n`)
  expect(createHash('sha256').update(output(events)).digest('hex')).toBe(expected.digest('hex'))
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

it('NUL, escape sequences and bytes that are no UTF-8 arrive as text, and harm nothing', async () => {
  const events = await shell(String.raw`printf 'a\0b\033[2J\r\x07\xff\xfe\xc3(\xed\xa0\x80end\n'; echo next`)
  expect(output(events)).toBe('a\0b\u001b[2J\r\u0007\ufffd\ufffd\ufffd(\ufffd\ufffd\ufffdend\nnext\n')
  expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
})

it('an agent that closes its stdout early goes on, and its end is known', async () => {
  const events = await shell('echo before; exec >&- 2>&-; echo lost; sleep 0.2; exit 7')
  expect(output(events)).toBe('before\n')
  expect(events.at(-1)).toMatchObject({ outcome: 'failed', exitCode: 7 })
})

it('a script that writes to its spool by every name loses nothing', async () => {
  const events = await shell('echo 1; echo 2 >/dev/stdout; echo 3 >/dev/stderr; echo 4 >&2; echo 5')
  expect(output(events)).toBe('1\n2\n3\n4\n5\n')
})

it('an agent that never reads its stdin holds nobody up, however long the prompt is', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'breakglass-unread-'))
  const program = join(bin, 'agent')
  writeFileSync(program, '#!/bin/sh\nsleep 0.3\nexit 5\n')
  chmodSync(program, 0o755)
  try {
    await using other = await startServer({ BREAKGLASS_CLAUDE_BIN: program })
    const events = await run(other, 'claude', 'x'.repeat(4 * 2 ** 20 - 1))
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', exitCode: 5, survivors: 0 })
  } finally {
    rmSync(bin, { recursive: true })
  }
})
