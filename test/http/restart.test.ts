import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { processesWith } from '../support/processes.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, textsOf } from '../support/server.ts'
import { until } from '../support/until.ts'

describe('a server that was killed', () => {
  it('has every session, event and id again, when it was idle', async () => {
    await using server = await startServer()
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => server.open()))
    for (const [i, { id }] of sessions.entries()) {
      await server.prompt(id, script({ lines: i * 10 }, { exit: i % 2 }))
      await untilTurnEnd(server.eventsUrl(id), server.token())
    }
    const read = async () => ({
      sessions: (await server.get('/api/sessions')).body,
      logs: await Promise.all(sessions.map(({ id }) => server.events(id))),
      token: server.token(),
    })
    const before = await read()
    await server.kill()
    await server.start()
    expect(await read()).toEqual(before)

    const { id } = sessions[0]!
    const { body } = await server.prompt(id, 'after')
    expect(body).toEqual({ turn: 2, eventId: before.logs[0]!.length })
  })

  it('goes on with a turn that went on without it, and loses and doubles nothing', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const gate = join(server.dataDir, 'gate')
    const done = join(server.dataDir, 'done')
    await server.prompt(id, script({ lines: 500 }, { await: gate }, { lines: 500 }, { touch: done }))
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.text === 'line 499',
    })
    await server.kill()
    writeFileSync(gate, '')
    await server.start()
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    const texts = textsOf(events)
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`)
    expect(texts).toEqual([...lines, ...lines])
    expect(events.at(-1)).toMatchObject({ outcome: 'completed', exitCode: 0 })
  })

  it('still stops a turn that it found running', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    await server.prompt(id, script({ say: 'begun' }, { hang: true }))
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.text === 'begun',
    })
    await server.kill()
    await server.start()
    expect((await server.get(`/api/sessions/${id}`)).body.state).toBe('running')
    expect((await server.post(`/api/sessions/${id}/cancel`)).status).toBe(202)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ outcome: 'cancelled' })
  })

  it('goes on with stopping a turn that ran into its timeout, and says why it ended', async () => {
    await using server = await startServer({ BREAKGLASS_TURN_TIMEOUT_S: '4', BREAKGLASS_KILL_GRACE_S: '20' })
    const { id, workspace } = await server.open({ agent: 'shell' })
    await server.prompt(
      id,
      "sleep 3333 & trap 'touch stopping; sleep 0.3; exit 9' INT; while :; do sleep 0.02; done",
    )
    await until(() => expect(existsSync(join(workspace, 'stopping'))).toBe(true))
    await server.kill()
    // The agent ends while no server runs; what it left behind does not.
    await until(() => expect(processesWith(`BREAKGLASS_TURN=${id}:1`)).not.toContain('bash'))
    await server.start()
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ outcome: 'timed_out', exitCode: 9, survivors: 0 })
    expect(processesWith(`BREAKGLASS_TURN=${id}:1`)).toEqual([])
  })

  it('knows that the agent had said its last word, and that it was a complaint', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const gate = join(server.dataDir, 'gate')
    const complaint = { type: 'result', is_error: true, result: 'no luck', usage: {}, total_cost_usd: 0 }
    await server.prompt(id, script({ raw: `${JSON.stringify(complaint)}\n` }, { await: gate }, { exit: 0 }))
    const { url, token } = { url: server.eventsUrl(id), token: server.token() }
    await readStream(url, { token, until: (frame) => frame.data?.kind === 'result' })
    await server.kill()
    writeFileSync(gate, '')
    await server.start()
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const [error, end] = (await server.events(id)).slice(-2)
    expect(error).toMatchObject({ kind: 'error', code: 'agent_error', error: 'no luck' })
    expect(end).toMatchObject({ outcome: 'failed', exitCode: 0 })
  })

  it('lets the turn that runs go on, and the one that waits wait for it', async () => {
    await using server = await startServer({ BREAKGLASS_MAX_TURNS: '1' })
    const [waiting, running] = [await server.open(), await server.open()]
    const gate = join(server.dataDir, 'gate')
    await server.prompt(running.id, script({ say: 'one' }, { await: gate }, { say: 'two' }))
    const hears = (id: string, what: string) =>
      readStream(server.eventsUrl(id), {
        token: server.token(),
        until: ({ data }) => data?.text === what || data?.code === what,
      })
    await hears(running.id, 'one')
    await server.prompt(waiting.id, 'mine')
    await hears(waiting.id, 'waiting_for_slot')
    await server.kill()
    await server.start()
    writeFileSync(gate, '')
    await untilTurnEnd(server.eventsUrl(waiting.id), server.token())
    const end = (await server.events(running.id)).at(-1)!
    expect(end).toMatchObject({ outcome: 'completed' })
    const ready = (await server.events(waiting.id)).find((event) => event.kind === 'agent_ready')!
    expect(ready.at >= end.at).toBe(true)
    expect((await server.events(running.id)).filter((event) => event.kind === 'notice')).toEqual([])
  })

  it('remembers its answers to idempotency keys', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const prompt = () =>
      server.post(`/api/sessions/${id}/turns`, { prompt: 'once' }, { 'idempotency-key': 'k' })
    const first = await prompt()
    await untilTurnEnd(server.eventsUrl(id), server.token())
    await server.kill()
    await server.start()
    expect((await prompt()).body).toEqual(first.body)
    expect((await server.events(id)).filter((event) => event.kind === 'user')).toHaveLength(1)
  })
})

describe('a server that is told to stop', () => {
  it('cuts its streams, leaves the turn running, and exits with 0', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const gate = join(server.dataDir, 'gate')
    await server.prompt(id, script({ say: 'begun' }, { await: gate }, { say: 'end' }))
    let begun = () => {}
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const stream = readStream(server.eventsUrl(id), {
      token: server.token(),
      onFrame: (frame) => frame.data?.text === 'begun' && begun(),
    })
    await isBegun
    expect(await server.stop()).toBe(0)
    expect((await stream).status).toBe(200)
    writeFileSync(gate, '')
    await server.start()
    const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
    expect(frames.filter((frame) => frame.data?.kind === 'text').map((frame) => frame.data.text)).toEqual([
      'begun',
      'end',
    ])
    expect(frames.at(-1)!.data).toMatchObject({ outcome: 'completed' })
  })

  it('exits with 0 also when it is told so the moment it serves', async () => {
    await using server = await startServer()
    for (let i = 0; i < 3; i++) {
      expect(await server.stop()).toBe(0)
      await server.start()
    }
  })

  it('is the only one on its data directory', async () => {
    await using server = await startServer()
    await expect(startServer({ BREAKGLASS_DATA_DIR: server.dataDir })).rejects.toThrow(
      'another server is using',
    )
  })
})

describe('a session that was being deleted when the server died', () => {
  it('stays deleted, and its files go at the next start', async () => {
    await using server = await startServer()
    const { id, workspace } = await server.open()
    await server.request('DELETE', `/api/sessions/${id}`)
    await server.kill()
    // As if the kill had come between the record and the files.
    mkdirSync(workspace, { recursive: true })
    const db = new DatabaseSync(join(server.dataDir, 'breakglass.db'))
    db.prepare('UPDATE session SET phase = 2 WHERE id = ?').run(id)
    db.close()
    await server.start()
    expect(existsSync(workspace)).toBe(false)
    expect((await server.request('PUT', `/api/sessions/${id}`)).status).toBe(410)
  })
})
