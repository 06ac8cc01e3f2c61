import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { isRunning, processesWith } from '../support/processes.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  // As on a machine where nobody has installed an agent.
  server = await startServer({ BREAKGLASS_CLAUDE_BIN: 'no-such-claude', BREAKGLASS_KILL_GRACE_S: '4' })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** Runs a script. @returns its output and how the turn ended */
async function run(id: string, prompt: string) {
  const { lastEventId } = (await server.get(`/api/sessions/${id}`)).body
  await server.prompt(id, prompt)
  const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token(), Math.max(0, lastEventId))
  const events = frames.flatMap((frame) => (frame.id === undefined ? [] : frame.data))
  const output = events.filter((event) => event.kind === 'text').map((event) => event.text)
  return { output: output.join(''), end: events.at(-1) }
}

describe('the shell agent', () => {
  it('is the default where there is no claude, and says why claude cannot run', async () => {
    expect((await server.open({})).agent).toBe('shell')
    const { body } = await server.get('/api/agents')
    expect(body.default).toBe('shell')
    expect(body.agents).toMatchObject([
      { name: 'claude', available: false, reason: 'no-such-claude was not found, or is not executable' },
      { name: 'shell', available: true, reason: null },
    ])
  })

  it('runs each prompt as a script in the session’s workspace, stderr and all', async () => {
    const { id, workspace } = await server.open({})
    const { output, end } = await run(id, 'pwd\nif true; then echo "to stderr" >&2; fi\nprintf last')
    expect(output).toBe(`${workspace}\nto stderr\nlast`)
    expect(end).toMatchObject({ outcome: 'completed', exitCode: 0 })
  })

  it('carries the directory and exported variables over to the next turn', async () => {
    const { id } = await server.open({})
    await run(id, 'mkdir -p a/b; cd a/b; export GREETING="hello\nworld"; LOCAL=1; export GONE=1')
    await run(id, 'unset GONE')
    const { output } = await run(id, 'echo "$(basename "$PWD")|$GREETING|$LOCAL|$GONE|"')
    expect(output).toBe('b|hello\nworld|||\n')
  })

  it('carries them over a restart of the server as well', async () => {
    const { id } = await server.open({})
    await run(id, 'export KEPT=yes; mkdir -p deep; cd deep')
    await server.kill()
    await server.start()
    expect((await run(id, 'echo "$KEPT $(basename "$PWD")"')).output).toBe('yes deep\n')
  })

  it('ends the turn with the script’s exit code', async () => {
    const { id } = await server.open({})
    expect((await run(id, 'exit 3; echo not reached')).end).toMatchObject({ outcome: 'failed', exitCode: 3 })
    expect((await run(id, 'if then')).end).toMatchObject({ outcome: 'failed' })
    expect((await run(id, 'kill -TERM $$')).end).toMatchObject({ outcome: 'failed', signal: 'SIGTERM' })
    expect((await run(id, 'read line; echo "read: $?"')).output).toBe('read: 1\n')
    expect(checkLog(await server.events(id))).toEqual([])
  })

  it('streams output while the script runs', async () => {
    const { id, workspace } = await server.open({})
    await server.prompt(id, 'echo first; until [ -e go ]; do sleep 0.02; done; echo second')
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.text === 'first\n',
    })
    expect(existsSync(join(workspace, 'go'))).toBe(false)
    await run(await server.open({}).then((other) => other.id), `touch '${workspace}/go'`)
    const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
    expect(frames.at(-1)!.data.outcome).toBe('completed')
  })

  it('lets a job in the background go on when the turn is over, and records no more of it', async () => {
    const { id, workspace } = await server.open({})
    const job = 'until [ -e go ]; do sleep 0.01; done; head -c 1000000 /dev/zero && touch said; sleep 0.2'
    await server.prompt(id, `(${job}) & echo hi`)
    const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
    expect(frames.at(-1)!.data).toMatchObject({ outcome: 'completed' })
    const runs = join(server.dataDir, 'sessions', id, 'runs')
    const spool = join(runs, readdirSync(runs)[0]!, 'out')
    expect(readFileSync(spool, 'utf8')).toBe('hi\n')
    writeFileSync(join(workspace, 'go'), '')
    await expect.poll(() => existsSync(join(workspace, 'said'))).toBe(true)
    expect(readFileSync(spool, 'utf8')).toBe('hi\n')
  })

  it('leaves nothing running when it is cancelled', async () => {
    const { id } = await server.open({})
    await server.prompt(id, 'sleep 300 & setsid sleep 301 & echo ready; sleep 3000')
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.text === 'ready\n',
    })
    await server.post(`/api/sessions/${id}/cancel`)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    expect(processesWith(`BREAKGLASS_TURN=${id}:1`)).toEqual([])
    expect((await server.events(id)).at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 0 })
  })

  it('leaves nothing running either of what hides from it while the agent still lives', async () => {
    const { id, workspace } = await server.open({})
    await server.prompt(
      id,
      `env -i setsid sh -c 'echo $$ >pid; exec sleep 300' & until [ -s pid ]; do sleep 0.01; done; echo ready; sleep 300`,
    )
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.text === 'ready\n',
    })
    const pid = Number(readFileSync(join(workspace, 'pid'), 'utf8'))
    await server.post(`/api/sessions/${id}/cancel`)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    expect(isRunning(pid)).toBe(false)
    expect((await server.events(id)).at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 0 })
  })

  it('lets a handler clean up when it is stopped', async () => {
    const { id, workspace } = await server.open({})
    await server.prompt(
      id,
      `(trap 'echo stopping; touch "${workspace}/clean"; exit 0' TERM; echo ready; while :; do sleep 0.02; done) & wait`,
    )
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.text === 'ready\n',
    })
    await server.post(`/api/sessions/${id}/cancel`)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    expect(existsSync(join(workspace, 'clean'))).toBe(true)
  })

  it('carries over whatever a script makes of IFS, and traces nothing of its own', async () => {
    const { id } = await server.open({})
    expect((await run(id, 'IFS=,; export KEPT=1 ALSO=2; cd /')).output).toBe('')
    expect((await run(id, 'set -x; echo "$KEPT $ALSO $PWD"')).output).toBe("++ echo '1 2 /'\n1 2 /\n")
    expect((await run(id, 'set -x; exit 0')).output).toBe('++ exit 0\n')
  })

  it('makes files with the mask of the server, not with that of the server’s own files', async () => {
    const { id } = await server.open({})
    const mask = process.umask().toString(8).padStart(4, '0')
    expect((await run(id, 'umask; touch file; mkdir dir')).output).toBe(`${mask}\n`)
  })

  it('works on in a workspace that it has deleted', async () => {
    const { id, workspace } = await server.open({})
    await run(id, 'rm -rf "$PWD"')
    expect(await run(id, 'pwd')).toMatchObject({ output: `${workspace}\n`, end: { outcome: 'completed' } })
  })

  it('keeps to itself what a script does to its environment, and says nothing of it in the next turn', async () => {
    const { id } = await server.open({})
    await run(id, 'declare -rx LOCKED=1; export SHELLOPTS; readonly PWD')
    expect((await run(id, 'echo "$LOCKED"')).output).toBe('1\n')
    expect((await run(id, 'echo "$LOCKED"')).output).toBe('1\n')
  })

  it('knows nothing of the server’s own environment', async () => {
    await using other = await startServer({
      ...{ BREAKGLASS_CLAUDE_BIN: 'none', SECRET: 'hidden', SHOWN: 'seen', BREAKGLASS_AGENT_ENV: 'SHOWN' },
    })
    const { id } = await other.open({})
    await other.prompt(id, 'echo "[$SECRET] [$SHOWN] [$BREAKGLASS_DATA_DIR] [$BREAKGLASS_TURN]"')
    const { frames } = await untilTurnEnd(other.eventsUrl(id), other.token())
    expect(frames.find((frame) => frame.data?.kind === 'text')!.data.text).toMatch(
      new RegExp(`^\\[\\] \\[seen\\] \\[\\] \\[${id}:1:[-0-9a-f]{36}\\]\\n$`),
    )
  })
})
