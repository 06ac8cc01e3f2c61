/** The command as an operator has it, on what a real server leaves. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { tempDir } from '../runtime/temp-dir.ts'
import { MAIN, MAIN_ENV } from '../support/program.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { startServer } from '../support/server.ts'

const verify = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'verify', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...MAIN_ENV },
  })
  return { status, stdout, stderr }
}

test('a data directory is verified while a server uses it, and when it has stopped', async () => {
  await using server = await startServer()
  const { id } = await server.open()
  await server.prompt(id, 'hello')
  await untilTurnEnd(server.eventsUrl(id), server.token())
  const allIsWell = { status: 0, stdout: '1 log, 6 events: 0 violations\n', stderr: '' }
  expect(verify(server.dataDir)).toEqual(allIsWell)
  await server.stop()
  expect(verify(server.dataDir)).toEqual(allIsWell)

  const db = new DatabaseSync(join(server.dataDir, 'breakglass.db'))
  db.exec(`UPDATE session SET fold = json_set(fold, '$.turn', 7, '$.firstPrompt', 'a\nb')`)
  db.close()
  expect(verify(server.dataDir)).toEqual({
    status: 1,
    stdout:
      `${id}: turn is stored as 7, and should be 1\n` +
      `${id}: firstPrompt is stored as "a\\nb", and should be "hello"\n` +
      '1 log, 6 events: 2 violations\n',
    stderr: '',
  })
})

test('an export is verified without a server', async () => {
  const file = join(tempDir(), 'export.json')
  const session = { id: 'ID', state: 'idle', turn: 0, lastEventId: -1, queue: [], approvals: [] }
  const usage = { costUsd: 0, inputTokens: 0, outputTokens: 0 }
  const write = (events: object[]) =>
    writeFileSync(file, JSON.stringify({ session: { ...session, usage }, events }))
  write([])
  expect(verify(file)).toEqual({ status: 0, stdout: '1 log, 0 events: 0 violations\n', stderr: '' })
  write([{ id: 0, kind: 'we\nather', turn: 1 }])
  expect(verify(file)).toEqual({
    status: 1,
    stdout:
      'ID: at 0 (id 0, turn 1, we ather): nothing comes before the first user\n1 log, 1 event: 1 violation\n',
    stderr: '',
  })
})

test('a terminal obeys nothing of what an export says', () => {
  const file = join(tempDir(), 'export.json')
  const session = { id: 'ID\x1b[2J', state: 'idle\u202e', turn: 0, lastEventId: 0, queue: [], approvals: [] }
  const usage = { costUsd: 0, inputTokens: 0, outputTokens: 0 }
  const events = [{ id: 0, kind: '\u009b31mweather', turn: 1 }]
  writeFileSync(file, JSON.stringify({ session: { ...session, usage }, events }))
  const { status, stdout } = verify(file)
  expect(status).toBe(1)
  expect(stdout).toContain('ID\\u001b[2J: at 0 (id 0, turn 1, \\u009b31mweather)')
  expect(stdout).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u)
})

test.for([
  ['no path', []],
  ['two paths', ['/tmp', '/tmp']],
  ['a flag', ['--fast']],
  ['what is not there', ['/nowhere']],
  ['what is no export', [MAIN]],
  ['a directory without a database', [import.meta.dirname]],
] as const)('%s is told in one line, with exit code 2', ([, args]) => {
  expect(verify(...args)).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^breakglass: .*verif.*\n$/),
  })
})
