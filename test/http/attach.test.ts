import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Frame, isCaughtUp, isTurnEnd, readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ BREAKGLASS_KEEPALIVE_S: '0.2' })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const attach = (id: string, options: Partial<Parameters<typeof readStream>[1]> = {}) =>
  readStream(server.eventsUrl(id), { token: server.token(), ...options })
const ids = (frames: Frame[]) => frames.flatMap((frame) => frame.id ?? [])
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** A session whose log holds one finished turn with these lines. */
async function finished(lines: number): Promise<{ id: string; last: number }> {
  const { id } = await server.open()
  await server.prompt(id, script({ lines }))
  const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
  return { id, last: frames.at(-1)!.id! }
}

describe('attaching', () => {
  it('says what the contract says on the wire', async () => {
    const { id, last } = await finished(1)
    const { status, headers, frames, text } = await attach(id, { until: isCaughtUp })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    expect(headers).not.toHaveProperty('content-encoding')
    expect(headers).not.toHaveProperty('transfer-encoding')
    expect(text).toMatch(/^retry: 1000\n\nid: 0\ndata: \{"id":0,"at":"[^"]+Z","kind":"user","turn":1,/)
    expect(text).not.toContain('\r')
    expect(frames.at(-1)).toEqual({ event: 'caught-up', data: { lastEventId: last, state: 'idle' } })
  })

  it('sends exactly what lies behind the cursor, wherever that is', async () => {
    const { id, last } = await finished(20)
    for (let cursor = 0; cursor <= last; cursor++) {
      const { frames } = await attach(id, { lastEventId: cursor, until: isCaughtUp })
      expect(ids(frames)).toEqual(range(cursor + 1, last))
      expect(frames.filter(isCaughtUp)).toHaveLength(1)
    }
  })

  it('takes the cursor from the query, and lets the header win', async () => {
    const { id, last } = await finished(5)
    const url = `${server.eventsUrl(id)}?lastEventId=2`
    const token = server.token()
    expect(ids((await readStream(url, { token, until: isCaughtUp })).frames)).toEqual(range(3, last))
    expect(ids((await readStream(url, { token, lastEventId: 4, until: isCaughtUp })).frames)).toEqual(
      range(5, last),
    )
  })

  it('is cut at every event and resumed, and sees each event once', async () => {
    const { id } = await server.open()
    const gates = range(0, 9).map((i) => join(server.dataDir, `gate-${id}-${i}`))
    await server.prompt(id, script(...gates.flatMap((gate, i) => [{ say: `part ${i}` }, { await: gate }])))
    const seen: Frame[] = []
    let cursor: number | undefined
    let ended = false
    while (!ended) {
      const options = cursor === undefined ? {} : { lastEventId: cursor }
      const { frames } = await attach(id, { ...options, cutAfter: 1 })
      const [frame] = frames.filter((candidate) => candidate.id !== undefined)
      seen.push(frame!)
      cursor = frame!.id!
      ended = isTurnEnd(frame!)
      // The agent goes on only when we have seen what it said: every event is met live.
      const part = /^part (\d)$/.exec(frame!.data.text ?? '')
      if (part) writeFileSync(gates[Number(part[1])]!, '')
    }
    expect(seen.map((frame) => frame.data)).toEqual(await server.events(id))
  })

  it('replays from zero, and says so, when the cursor lies beyond the head', async () => {
    const { id, last } = await finished(3)
    const { frames } = await attach(id, { lastEventId: last + 1, until: isCaughtUp })
    expect(frames.find((frame) => frame.event)).toEqual({
      event: 'reset',
      data: { reason: 'ahead', lastEventId: last },
    })
    expect(ids(frames)).toEqual(range(0, last))
  })

  it('shows the state that belongs to the cursor when it is caught up', async () => {
    const { id } = await server.open()
    const empty = await attach(id, { until: isCaughtUp })
    expect(empty.frames.at(-1)!.data).toEqual({ lastEventId: -1, state: 'idle' })
    await server.prompt(id, script({ hang: true }))
    const running = await attach(id, { until: isCaughtUp })
    expect(running.frames.at(-1)!.data.state).toBe('running')
    await server.post(`/api/sessions/${id}/cancel`)
    await attach(id, { until: isTurnEnd })
  })

  it('keeps a quiet connection warm with comments', async () => {
    const { id } = await server.open()
    const { frames } = await attach(id, { until: (frame) => frame.comment !== undefined })
    expect(frames.at(-1)).toEqual({ comment: 'keepalive' })
  })

  it('replays thousands of events in pages, in order, to many at once', async () => {
    const { id, last } = await finished(5_000)
    const streams = await Promise.all(range(1, 20).map(() => attach(id, { until: isCaughtUp })))
    for (const { frames } of streams) expect(ids(frames)).toEqual(range(0, last))
  })

  it('ends the stream of a deleted session, and knows it no more', async () => {
    const { id } = await finished(1)
    let caughtUp = () => {}
    const attached = new Promise<void>((resolve) => {
      caughtUp = resolve
    })
    const stream = attach(id, { onFrame: (frame) => isCaughtUp(frame) && caughtUp() })
    await attached
    expect((await server.request('DELETE', `/api/sessions/${id}`)).status).toBe(204)
    await stream
    expect((await attach(id)).status).toBe(404)
    expect((await server.get(`/api/sessions/${id}`)).body.code).toBe('session_not_found')
    expect(await server.request('PUT', `/api/sessions/${id}`)).toMatchObject({
      status: 410,
      body: { code: 'session_deleted' },
    })
    expect(
      (await server.get('/api/sessions')).body.sessions.map((session: { id: string }) => session.id),
    ).not.toContain(id)
    for (const folder of ['sessions', 'workspaces'])
      expect(existsSync(join(server.dataDir, folder, id))).toBe(false)
  })

  it('drops a client that does not read, which comes back with its cursor and has lost nothing', async () => {
    const { id } = await server.open()
    const gate = join(server.dataDir, `gate-${id}`)
    await server.prompt(id, script({ await: gate }, { fill: [60, 200_000] }))
    const stuck = connect(Number(new URL(server.url).port), '127.0.0.1')
    stuck.on('error', () => {})
    stuck.write(`GET /api/sessions/${id}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n`)
    stuck.write(`Authorization: Bearer ${server.token()}\r\n\r\n`)
    // The head of the answer says that it is attached; from here on it reads nothing.
    await new Promise((resolve) => stuck.once('data', resolve))
    stuck.pause()
    writeFileSync(gate, '')
    const { frames } = await attach(id, { until: isTurnEnd })
    const streams = async () => /breakglass_streams (\d+)/.exec((await server.get('/metrics')).body)![1]
    await until(async () => expect(await streams()).toBe('0'))
    stuck.destroy()
    const { frames: again } = await attach(id, { lastEventId: 0, until: isTurnEnd })
    expect(ids(again)).toEqual(ids(frames).slice(1))
  })
})

describe('paging', () => {
  it('reads the log in pages of any size', async () => {
    const { id, last } = await finished(30)
    for (const limit of [1, 7, 100]) {
      const seen: number[] = []
      for (let more = true; more; ) {
        const after = seen.length === 0 ? '' : `&after=${seen.at(-1)}`
        const { body } = await server.get(`/api/sessions/${id}/events?limit=${limit}${after}`)
        expect(body.lastEventId).toBe(last)
        seen.push(...body.events.map((event: { id: number }) => event.id))
        more = body.more
      }
      expect(seen).toEqual(range(0, last))
    }
  })

  it('has nothing beyond the head', async () => {
    const { id, last } = await finished(1)
    const { body } = await server.get(`/api/sessions/${id}/events?after=${last + 5}`)
    expect(body).toEqual({ events: [], lastEventId: last, more: false })
  })
})

describe('exporting', () => {
  it('gives the whole log as JSON and as Markdown, as a file to keep', async () => {
    const { id } = await finished(3)
    const json = await server.get(`/api/sessions/${id}/transcript?format=json`)
    expect(json.headers.get('content-disposition')).toBe(`attachment; filename="breakglass-${id}.json"`)
    expect(json.body.events).toEqual(await server.events(id))
    const markdown = await server.get(`/api/sessions/${id}/transcript`)
    expect(markdown.headers.get('content-disposition')).toBe(`attachment; filename="breakglass-${id}.md"`)
    expect(markdown.body).toContain('\nline 2\n')
  })
})
