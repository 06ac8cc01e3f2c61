/** A paired device without a browser: sends its cookie, and what a browser adds by itself. */
import type { TestServer } from './server.ts'

/** @returns the device, and how it asks; `fetch` may stay open, as for a stream */
export async function pairDevice(server: TestServer, name: string) {
  const { code } = (await server.post('/api/pairing')).body
  const browser = { origin: server.url, 'sec-fetch-site': 'same-origin', 'x-breakglass': '1' }
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { ...browser, 'content-type': 'application/json' },
    body: JSON.stringify({ code, name }),
  })
  const setCookie = login.headers.getSetCookie().join()
  const cookie = setCookie.split(';')[0]!
  const device = (await login.json()) as { id: string; name: string; expiresAt: string; current: boolean }
  return {
    ...device,
    status: login.status,
    setCookie,
    cookie,
    fetch: (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(server.url + path, { ...init, method, headers: { ...browser, cookie, ...init.headers } }),
  }
}

export type Device = Awaited<ReturnType<typeof pairDevice>>
