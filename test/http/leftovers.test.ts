import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Event } from '../../src/machines/events.ts'
import { findCgroupParent } from '../../src/runtime/process/cgroup.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { isRunning } from '../support/processes.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { startServer, type TestServer } from '../support/server.ts'

const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
})

/** Runs a script that says `ready` once `job`, a background process, has written its pid. */
async function leave(server: TestServer, job: string, end: string) {
  const { id, workspace } = await server.open({ agent: 'shell' })
  await server.prompt(id, `${job}\nuntil [ -s pid ]; do sleep 0.01; done\necho ready\n${end}`)
  await readStream(server.eventsUrl(id), {
    token: server.token(),
    until: (frame) => frame.data?.text === 'ready\n',
  })
  const pid = Number(readFileSync(join(workspace, 'pid'), 'utf8'))
  started.push(pid)
  const ended = async () => {
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    return events
  }
  return { id, pid, ended, cancel: () => server.post(`/api/sessions/${id}/cancel`) }
}

const JOB = `setsid sh -c 'echo $$ >pid; exec sleep 300' >/dev/null 2>&1 &`
/** Cuts every tie: its parent, its session, its environment, its streams. */
const HIDDEN = `(env -i setsid sh -c 'cd /; exec sleep 300' & echo $! >pid) >/dev/null 2>&1 </dev/null`

const notices = (events: Event[]) => events.filter((event) => event.kind === 'notice')

describe('what a turn leaves behind', () => {
  it('is named and counted when the turn ended by itself, and goes on', async () => {
    await using server = await startServer()
    const { pid, ended } = await leave(server, JOB, 'exit 0')
    const events = await ended()
    expect(notices(events)).toMatchObject([
      { level: 'warn', code: 'left_behind', text: `The turn leaves behind: sleep 300 (${pid})` },
    ])
    expect(events.at(-1)).toMatchObject({ outcome: 'completed', survivors: 1 })
    expect(isRunning(pid)).toBe(true)
  })

  it('is ended with the turn when the operator wants it so', async () => {
    await using server = await startServer({ BREAKGLASS_LEFTOVERS: 'kill' })
    const { pid, ended } = await leave(server, JOB, 'exit 3')
    const events = await ended()
    expect(notices(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', exitCode: 3, survivors: 0 })
    expect(isRunning(pid)).toBe(false)
  })

  it('is counted, and not named, when it is to be kept', async () => {
    await using server = await startServer({ BREAKGLASS_LEFTOVERS: 'keep' })
    const { pid, ended } = await leave(server, JOB, 'exit 0')
    const events = await ended()
    expect(notices(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ outcome: 'completed', survivors: 1 })
    expect(isRunning(pid)).toBe(true)
  })

  it('goes on after a cancelled turn when it is to be spared, and the agent gave in', async () => {
    await using server = await startServer({
      BREAKGLASS_LEFTOVERS_STOPPED: 'report',
      BREAKGLASS_KILL_GRACE_S: '20',
    })
    const { pid, ended, cancel } = await leave(server, JOB, 'sleep 300')
    await cancel()
    const events = await ended()
    expect(notices(events)).toMatchObject([{ code: 'left_behind' }])
    expect(events.at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 1 })
    expect(isRunning(pid)).toBe(true)
  })

  it('is not there when nothing is', async () => {
    await using server = await startServer()
    const { id } = await server.open({ agent: 'shell' })
    await server.prompt(id, 'sleep 0.05 & echo hi')
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(notices(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ survivors: 0 })
  })
})

/** Hidden as well, but for its parent, which is there as long as the agent is. */
const TIED = `env -i setsid sh -c 'echo $$ >pid; exec sleep 300' >/dev/null 2>&1 </dev/null &`

describe('what has one tie left to its turn', () => {
  it('is ended with it, though the interrupt cuts that tie first', async () => {
    await using server = await startServer({ BREAKGLASS_CGROUP: 'off' })
    const { pid, ended, cancel } = await leave(server, TIED, 'sleep 300')
    await cancel()
    expect((await ended()).at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 0 })
    expect(isRunning(pid)).toBe(false)
  })
})

describe('what cuts every tie to its turn', () => {
  it.skipIf(findCgroupParent() === null)('is ended with it where the turn has a cgroup', async () => {
    await using server = await startServer()
    const { id, pid, ended, cancel } = await leave(server, HIDDEN, 'sleep 300')
    const cgroups = () => readdirSync(findCgroupParent()!).filter((name) => name.includes(id))
    expect(cgroups()).toHaveLength(1)
    await cancel()
    expect((await ended()).at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 0 })
    expect(isRunning(pid)).toBe(false)
    expect(cgroups()).toEqual([])
  })

  it('is told of where it has none, and left alone', async () => {
    await using server = await startServer({ BREAKGLASS_CGROUP: 'off' })
    const { pid, ended, cancel } = await leave(server, HIDDEN, 'sleep 300')
    await cancel()
    const events = await ended()
    expect(notices(events)).toMatchObject([{ code: 'maybe_left_behind' }])
    expect(notices(events)[0]).toMatchObject({ text: expect.stringContaining(`sleep 300 (${pid})`) })
    expect(events.at(-1)).toMatchObject({ outcome: 'cancelled', survivors: 1 })
    expect(isRunning(pid)).toBe(true)
  })
})
