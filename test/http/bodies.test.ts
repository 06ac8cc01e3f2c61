/** What a body may be: how large, how deep, and of how many parts, before anything is made of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairDevice } from '../support/device.ts'
import { exchange } from '../support/raw-request.ts'
import { startServer, type TestServer } from '../support/server.ts'

const KiB = 1024
const MiB = 1024 * KiB

let server: TestServer
let session: string
beforeAll(async () => {
  // What a small machine gives: a body that is made into too much ends the server.
  server = await startServer({ NODE_OPTIONS: '--max-old-space-size=192' })
  session = `/api/sessions/${(await server.open()).id}`
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const ownPage = () => [`Host: localhost`, 'Origin: http://localhost', 'X-Breakglass: 1']
const json = (bytes: number) => ['Content-Type: application/json', `Content-Length: ${bytes}`]

/** Announces a body, and sends none of it. */
const announce = (path: string, bytes: number, ...more: string[]) =>
  exchange(
    Number(new URL(server.url).port),
    `${[`POST ${path} HTTP/1.1`, ...ownPage(), ...json(bytes), ...more].join('\r\n')}\r\n\r\n`,
    { until: '"detail"' },
  )

describe('a body that is too large', () => {
  test('is refused before it arrives: 4 KiB for a stranger, 64 KiB for most, more where a prompt is in it', async () => {
    const tooLarge = /^HTTP\/1\.1 413 .*"code":"payload_too_large"/s
    expect(await announce('/api/login', 4 * KiB + 1)).toMatch(tooLarge)
    const { cookie } = await pairDevice(server, 'phone')
    for (const path of ['/api/sessions', `${session}/cancel`, '/api/pairing', '/api/logout'])
      expect(await announce(path, 64 * KiB + 1, `Cookie: ${cookie}`), path).toMatch(tooLarge)
    for (const path of [`${session}/turns`, `${session}/approvals/a`])
      expect(await announce(path, 26 * MiB + 1, `Cookie: ${cookie}`), path).toMatch(tooLarge)
  })

  test('is not what a prompt of 4 MiB comes in, however it is written', async () => {
    const plain = `{"prompt":"${' '.repeat(4 * MiB - 1)}:"}`
    const escaped = `{"prompt":"${'\\u0020'.repeat(4 * MiB - 1)}:"}`
    for (const body of [plain, escaped]) {
      const { id } = await server.open()
      expect((await server.post(`/api/sessions/${id}/turns`, body)).status).toBe(202)
    }
  })
})

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const answerWith = (updatedInput: string) =>
  server.post(`${session}/approvals/a`, `{"decision":"allow","updatedInput":{"x":${updatedInput}}}`)

describe('JSON', () => {
  test.for([
    ['of 13 million levels', () => nested(13 * 1000 * 1000)],
    ['of 8 million parts', () => `[${'[],'.repeat(8 * 1000 * 1000)}0]`],
    ['of 5 million members', () => `{${'"":0,'.repeat(5 * 1000 * 1000)}"":0}`],
    ['of one level too many', () => nested(499)],
    ['of one part too many', () => `[${'0,'.repeat(99_997)}0]`],
  ] as const)('%s is refused, and the server is there', async ([, make]) => {
    expect((await answerWith(make())).body).toMatchObject({
      code: 'bad_request',
      detail: expect.stringContaining('at most'),
    })
    expect((await server.get('/readyz')).status).toBe(200)
  })

  test('of as much as is allowed is read, and what is in a text counts for nothing', async () => {
    const text = JSON.stringify(`${'\\"[{,'.repeat(200_000)}\\`)
    for (const input of [nested(498), `[${'0,'.repeat(99_996)}0]`, text, `[${text},"\\\\",${text}]`])
      expect((await answerWith(input)).body).toMatchObject({ code: 'approval_not_open' })
  })
})
