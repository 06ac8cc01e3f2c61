import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { startServer, textsOf } from '../support/server.ts'

const canLimit = spawnSync('prlimit', ['--version']).status === 0

it.skipIf(!canLimit)(
  'a server without a file to spare ends no turn for it, and goes on when it has some',
  async () => {
    await using server = await startServer()
    const { id } = await server.open({ agent: 'shell' })
    await server.prompt(id, 'for i in $(seq 40); do echo line $i; sleep 0.1; done')
    await readStream(server.eventsUrl(id), {
      token: server.token(),
      // With the next one, if it was read so late.
      until: (frame) => frame.data?.text?.startsWith('line 1\n') === true,
    })
    const open = () => readdirSync(`/proc/${server.pid}/fd`).length
    const limit = open() + 20
    execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${limit}:${limit}`])
    const sockets: Socket[] = []
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()))
    const { port } = new URL(server.url)
    // Each takes a descriptor for good: it says nothing, and is waited for.
    for (let i = 0; i < 40; i++) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      sockets.push(socket)
    }
    await expect.poll(open).toBe(limit)
    // Until it has tried to look at the turn, more than once: that is what must not go wrong.
    const tries = () => server.stderr.split('EMFILE').length - 1
    await expect.poll(tries).toBeGreaterThan(5)
    for (const socket of sockets.splice(0)) socket.destroy()
    await expect.poll(open).toBeLessThan(limit)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    expect(textsOf(events).join('').split('\n')).toHaveLength(41)
    expect(events.at(-1)).toMatchObject({ outcome: 'completed', exitCode: 0, survivors: 0 })
  },
)
