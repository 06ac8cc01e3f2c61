import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { isRunning, processesWith } from '../support/processes.ts'
import { MAIN } from '../support/program.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer, textsOf } from '../support/server.ts'
import { until } from '../support/until.ts'

const said = (server: TestServer, id: string, text: string) =>
  readStream(server.eventsUrl(id), {
    token: server.token(),
    until: (frame) => frame.data?.text === text,
  })

const runsOf = (server: TestServer, id: string): string[] => {
  const runs = join(server.dataDir, 'sessions', id, 'runs')
  return readdirSync(runs).map((name) => join(runs, name))
}

describe('a turn that cannot be gone on with', () => {
  it('is lost when another version runs it: what runs is left alone, and the session goes on', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    await server.prompt(id, script({ say: 'begun' }, { hang: true }))
    await said(server, id, 'begun')
    const [run] = runsOf(server, id)
    const agent = Number(readFileSync(join(run!, 'agent'), 'utf8'))
    await server.kill()
    const prepared = JSON.parse(readFileSync(join(run!, 'run.json'), 'utf8'))
    writeFileSync(join(run!, 'run.json'), JSON.stringify({ ...prepared, format: 99 }))
    await server.start()
    try {
      await untilTurnEnd(server.eventsUrl(id), server.token())
      const events = await server.events(id)
      expect(checkLog(events)).toEqual([])
      expect(events.slice(-2)).toMatchObject([
        { kind: 'error', code: 'lost', error: expect.stringContaining("the run's format is 99") },
        { outcome: 'lost', exitCode: null },
      ])
      // Not touched is not unseen.
      expect(events.at(-3)).toMatchObject({ code: 'left_behind' })
      expect(events.at(-1)).toMatchObject({ survivors: expect.toSatisfy((count: number) => count > 0) })
      expect(isRunning(agent)).toBe(true)
      await server.prompt(id, 'next')
      await untilTurnEnd(server.eventsUrl(id), server.token(), events.length - 1)
      expect(textsOf(await server.events(id))).toEqual(['begun', 'next'])
      // Nor are its files: whoever wrote them may still want them.
      expect(runsOf(server, id)).toContain(run)
    } finally {
      process.kill(agent, 'SIGKILL')
    }
  })

  it('is another turn of the same number, when the log was restored from a backup', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    await server.prompt(id, 'before')
    await untilTurnEnd(server.eventsUrl(id), server.token())
    await server.stop()
    const backup = mkdtempSync(join(tmpdir(), 'breakglass-backup-'))
    const database = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('breakglass.db'))
    for (const name of database(server.dataDir)) cpSync(join(server.dataDir, name), join(backup, name))
    await server.start()
    await server.prompt(id, script({ say: 'forgotten' }, { hang: true }))
    await said(server, id, 'forgotten')
    await server.kill()
    for (const name of database(server.dataDir)) rmSync(join(server.dataDir, name))
    cpSync(backup, server.dataDir, { recursive: true })
    rmSync(backup, { recursive: true })
    await server.start()
    const after = (await server.events(id)).length - 1
    await server.prompt(id, 'after')
    await untilTurnEnd(server.eventsUrl(id), server.token(), after)
    expect(textsOf(await server.events(id))).toEqual(['before', 'after'])
    await expect.poll(() => processesWith(`BREAKGLASS_TURN=${id}:2`)).toEqual([])
  })
})

describe('a turn whose files are damaged', () => {
  const begin = async (server: TestServer) => {
    const { id } = await server.open()
    await server.prompt(id, script({ lines: 20 }, { say: 'begun' }, { hang: true }))
    await said(server, id, 'begun')
    const [run] = runsOf(server, id)
    return { id, run: run!, agent: Number(readFileSync(join(run!, 'agent'), 'utf8')) }
  }
  const lost = async (server: TestServer, id: string) => {
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ outcome: 'lost', survivors: 0 })
    // Each line once, whatever became of the spool.
    expect(textsOf(events)).toEqual([...Array.from({ length: 20 }, (_, i) => `line ${i}`), 'begun'])
  }

  it.each(['', 'garbage\n', '1 2'])('is lost, and ended, when its claim is %j', async (claim) => {
    await using server = await startServer()
    const { id, run, agent } = await begin(server)
    await server.kill()
    writeFileSync(join(run, 'claim'), claim)
    await server.start()
    await lost(server, id)
    expect(isRunning(agent)).toBe(false)
  })

  it('is lost, and ended, when its directory is gone', async () => {
    await using server = await startServer()
    const { id, run, agent } = await begin(server)
    await server.kill()
    rmSync(run, { recursive: true })
    await server.start()
    await lost(server, id)
    expect(isRunning(agent)).toBe(false)
  })

  it('is stopped though its directory is gone', async () => {
    await using server = await startServer({ BREAKGLASS_KILL_GRACE_S: '0.2' })
    const { id, run, agent } = await begin(server)
    rmSync(run, { recursive: true })
    await server.post(`/api/sessions/${id}/cancel`)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    expect((await server.events(id)).at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 0 })
    expect(isRunning(agent)).toBe(false)
  })

  it('says nothing twice when a power cut has taken the end of its spool', async () => {
    await using server = await startServer()
    const { id, run, agent } = await begin(server)
    await server.kill()
    const [shim] = readFileSync(join(run, 'claim'), 'utf8').split(' ')
    const pids = [Number(shim), agent]
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await until(() => expect(pids.filter(isRunning)).toEqual([]))
    truncateSync(join(run, 'out'), 300)
    await server.start()
    await lost(server, id)
  })
})

/** A server as process 1 of a pid namespace: what a container is, as far as processes go. */
const canUnshare = ((): boolean => {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!canUnshare)('a container', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'breakglass-container-'))
  let container: ChildProcess
  let stderr = ''
  const SECRET = 'secret'.repeat(6)
  afterEach(async () => {
    await end()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const start = async (): Promise<string> => {
    const inside = ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, MAIN, 'serve']
    container = spawn('unshare', inside, {
      env: {
        ...{ PATH: process.env.PATH, HOME: dataDir, BREAKGLASS_DATA_DIR: dataDir, BREAKGLASS_PORT: '0' },
        ...{ BREAKGLASS_TOKEN: SECRET, BREAKGLASS_CLAUDE_BIN: 'none' },
      },
    })
    container.stderr!.on('data', (data) => {
      stderr += data
    })
    const [line] = await once(createInterface({ input: container.stdout! }), 'line')
    return /http:\S+/.exec(line)![0]
  }
  const end = async (): Promise<void> => {
    if (container.exitCode !== null || container.signalCode !== null) return
    const exited = once(container, 'exit')
    container.kill('SIGKILL')
    await exited
  }

  it('that is restarted ends its turns as interrupted; and is told that it has no init', async () => {
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
    const id = '11111111-1111-4111-8111-111111111111'
    const url = await start()
    await fetch(`${url}/api/sessions/${id}`, { method: 'PUT', headers, body: '{}' })
    const turns = `${url}/api/sessions/${id}/turns`
    await fetch(turns, { method: 'POST', headers, body: '{"prompt":"echo begun; sleep 300"}' })
    await readStream(`${url}/api/sessions/${id}/events`, {
      ...{ token: SECRET, until: (frame) => frame.data?.text === 'begun\n' },
    })
    await expect.poll(() => stderr).toContain('docker run --init')
    await end()
    const again = await start()
    const { frames } = await untilTurnEnd(`${again}/api/sessions/${id}/events`, SECRET)
    expect(frames.slice(-2).map((frame) => frame.data)).toMatchObject([
      { kind: 'error', code: 'interrupted', error: 'the machine was restarted during the turn' },
      { outcome: 'interrupted' },
    ])
    const next = `${again}/api/sessions/${id}/turns`
    const answer = await fetch(next, { method: 'POST', headers, body: '{"prompt":"echo on"}' })
    expect(await answer.json()).toMatchObject({ turn: 2 })
    await untilTurnEnd(`${again}/api/sessions/${id}/events`, SECRET, frames.at(-1)!.id)
  })
})
