/** Workspaces that are moved away, with a link left in their place, once their sessions are open. */
import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Session } from '../../src/machines/events.ts'
import { tempDir } from '../runtime/temp-dir.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { startServer } from '../support/server.ts'

type Server = Awaited<ReturnType<typeof given>>['server']

async function given() {
  const dir = tempDir()
  const [root, outside] = [join(dir, 'root'), join(dir, 'outside')]
  for (const path of [join(root, 'a', 'ws'), join(outside, 'ws')]) mkdirSync(path, { recursive: true })
  const server = await startServer({ BREAKGLASS_WORKSPACE_ROOTS: root })
  return { root, outside, server }
}

/** How the turn of a prompt went: what it said, or why it could not. */
async function run(server: Server, { id }: Session, prompt: string) {
  expect((await server.prompt(id, prompt)).status).toBe(202)
  await untilTurnEnd(server.eventsUrl(id), server.token())
  return (await server.events(id)).flatMap((event) =>
    event.kind === 'text' ? [event.text] : event.kind === 'error' ? [event.error] : [],
  )
}

async function upload(server: Server, { id }: Session) {
  const form = new FormData()
  form.append('file', new File(['planted'], 'planted.txt'))
  const { status } = await fetch(`${server.url}/api/sessions/${id}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token()}` },
    body: form,
  })
  return status
}

/** Puts a link to a directory in its place. */
function swap(path: string, target: string): void {
  renameSync(path, `${path}.old`)
  symlinkSync(target, path)
}

test('a directory on the way that became a link leads nobody out of a root', async () => {
  const { root, outside, server: started } = await given()
  await using server = started
  const session = await server.open({ agent: 'shell', workspace: join(root, 'a', 'ws') })
  swap(join(root, 'a'), outside)
  expect(await upload(server, session)).toBe(409)
  expect(await run(server, session, 'touch ran')).toEqual([expect.stringContaining('leads elsewhere')])
  expect(readdirSync(join(outside, 'ws'))).toEqual([])
})

test('a workspace that became a link itself is none any more, the server’s own neither', async () => {
  const { root, outside, server: started } = await given()
  await using server = started
  for (const body of [{ workspace: join(root, 'a', 'ws') }, {}]) {
    const session = await server.open({ agent: 'shell', ...body })
    swap(session.workspace, join(outside, 'ws'))
    expect(await upload(server, session)).toBe(409)
    expect(await run(server, session, 'touch ran')).toEqual([expect.stringContaining('leads elsewhere')])
  }
  expect(readdirSync(join(outside, 'ws'))).toEqual([])
})

test('one that comes back is one again', async () => {
  const { root, outside, server: started } = await given()
  await using server = started
  const session = await server.open({ agent: 'shell', workspace: join(root, 'a', 'ws') })
  swap(join(root, 'a'), outside)
  expect(await upload(server, session)).toBe(409)
  renameSync(join(root, 'a'), join(root, 'link'))
  renameSync(join(root, 'a.old'), join(root, 'a'))
  expect(await upload(server, session)).toBe(201)
  expect(await run(server, session, 'ls')).toEqual(['attachments\n'])
})

test('a session whose root is none any more runs nothing there', async () => {
  const { root, server: first } = await given()
  const session = await first.open({ agent: 'shell', workspace: join(root, 'a', 'ws') })
  await first.stop()
  await using server = await startServer({
    BREAKGLASS_DATA_DIR: first.dataDir,
    BREAKGLASS_WORKSPACE_ROOTS: join(root, '..', 'outside'),
  })
  expect(await upload(server, session)).toBe(409)
  expect(await run(server, session, 'touch ran')).toEqual([expect.stringContaining('leads elsewhere')])
  expect(readdirSync(join(root, 'a', 'ws'))).toEqual([])
})
