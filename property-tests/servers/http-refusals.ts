/** A real server under requests of all kinds: it answers each of them, and what it refuses has changed nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Frame, readStream } from '../../test/support/read-stream.ts'
import { startServer } from '../../test/support/server.ts'
import type { Property } from '../runner/property.ts'
import { request } from './request.ts'
import { PAGES, requests, SESSION } from './requests.ts'

/** The codes that clients were promised. */
const readCodes = (): Set<string> => {
  const protocol = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8')
  const [line] = /^\*\*Errors\*\* by `code`: .*$/m.exec(protocol)!
  return new Set([...line.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!))
}

/** Then the server is started again: it counts what it is asked, some four requests a run, and allows 12,000 a minute. */
const RUNS_PER_START = 2_000

export const httpRefusals: Property = {
  name: 'http-refusals',
  title: 'whatever is asked is answered, with a known code when it is refused, and then nothing has changed',
  runs: 600,
  async open(tally) {
    const codes = readCodes()
    const server = await startServer()
    let id = (await server.open()).id
    tally.sights = { accepted: 0, refused: 0, turns: 0, streams: 0, uploads: 0 }
    const see = (sight: string): void => {
      tally.sights[sight]!++
    }

    /** All that a request could change, as clients and agents see it. */
    const look = async () => ({
      sessions: (await server.get('/api/sessions')).body,
      workspaces: readdirSync(join(server.dataDir, 'workspaces'), { recursive: true }).sort(),
    })
    /** Until what was accepted has come to its end, and the next request finds one idle session. */
    const settle = async (): Promise<void> => {
      let session = (await server.get(`/api/sessions/${id}`)).body
      while (session.state === 'running' || session.state === 'cancelling') {
        const isEnd = ({ data }: Frame): boolean => data?.kind === 'turn_end' && data.turn === session.turn
        await readStream(server.eventsUrl(id), { token: server.token(), until: isEnd })
        session = (await server.get(`/api/sessions/${id}`)).body
      }
      for (const other of (await server.get('/api/sessions')).body.sessions)
        if (other.id !== id) await server.request('DELETE', `/api/sessions/${other.id}`)
      if (session.id === undefined) id = (await server.open()).id
    }

    let before = await look()
    return {
      check: fc.asyncProperty(requests, async ({ method, path, headers, content }) => {
        if (tally.commands++ % RUNS_PER_START === RUNS_PER_START - 1) {
          await server.stop()
          await server.start()
        }
        const answer = await request(server.url, {
          method,
          path: path.replaceAll(SESSION, id),
          headers: {
            authorization: `Bearer ${server.token()}`,
            ...(content === null ? {} : { 'content-type': content.type }),
            ...headers,
          },
          body: content === null ? null : Buffer.from(content.text),
        })
        expect(answer.status, answer.text).toBeLessThan(500)
        const isRefused = answer.status >= 400
        see(isRefused ? 'refused' : 'accepted')
        const isPairing = answer.status === 401 && method === 'GET' && PAGES.includes(path.split('?', 1)[0]!)
        if (isPairing) expect(answer.type).toBe('text/html; charset=utf-8')
        // A HEAD has no body.
        else if (isRefused && method !== 'HEAD') {
          expect(answer.type).toMatch(/^application\/problem\+json/)
          const { status, code } = JSON.parse(answer.text)
          expect(status).toBe(answer.status)
          expect(codes).toContain(code)
        }
        if (answer.type.startsWith('text/event-stream')) see('streams')
        if (!isRefused && path.endsWith('/files')) see('uploads')
        if (!isRefused && path.endsWith('/turns')) see('turns')
        const mayChange = !isRefused && method !== 'GET'
        if (mayChange) await settle()
        const then = before
        before = await look()
        if (!mayChange) expect(before).toEqual(then)
      }),
      close: () => server[Symbol.asyncDispose](),
    }
  },
}
