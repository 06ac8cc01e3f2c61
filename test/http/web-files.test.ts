import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'

/** As it goes over the wire: fetch would take it out of its wrapping. */
const get = (url: string, headers: Record<string, string>) =>
  new Promise<{ encoding: string | undefined; vary: string | undefined; body: Buffer }>((resolve, reject) => {
    const asked = request(url, { headers }, async (response) => {
      const chunks = await response.toArray()
      const { 'content-encoding': encoding, vary } = response.headers
      resolve({ encoding, vary, body: Buffer.concat(chunks) })
    })
    asked.on('error', reject).end()
  })

test('the page goes compressed to whoever takes that, and as it is to all others', async () => {
  await using server = await startServer()
  const authorization = `Bearer ${server.token()}`
  const url = `${server.url}/`
  const plain = await get(url, { authorization })
  expect(plain).toMatchObject({ encoding: undefined, vary: 'accept-encoding' })
  expect(String(plain.body)).toContain('<div id="app">')
  for (const takes of ['gzip', 'br, gzip;q=0.5']) {
    const packed = await get(url, { authorization, 'accept-encoding': takes })
    expect(packed.encoding).toBe('gzip')
    expect(gunzipSync(packed.body)).toEqual(plain.body)
  }
  for (const refuses of ['br', 'gzip;q=0', 'gzip; q=0.0, br'])
    expect(await get(url, { authorization, 'accept-encoding': refuses })).toEqual(plain)
})
