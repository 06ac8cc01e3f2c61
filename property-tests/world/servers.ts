/** The servers of a world, one after the other: each is started, and stops as it is told to, or dies at any moment. */
import { basename } from 'node:path'
import type { Disk } from './disk.ts'
import type { Ground } from './ground.ts'
import type { Machine } from './machine.ts'
import type { Recorder } from './recorder.ts'
import { type SimulatedServer, startServer } from './server.ts'
import type { Tasks } from './tasks.ts'
import type { Life, Time } from './time.ts'

/** What may still arrive of a server that dies: a part of a frame. */
const CUT_BYTES = 40

export function createServers(deps: {
  dirs: Ground['dirs']
  time: Time
  tasks: Tasks
  recorder: Recorder
  disk: Disk
  machine: Machine
  freshId: () => string
  onFault: (error: unknown) => void
  /** Nobody is connected to it any more; `bytes` of its streams come all the same. */
  hangUp: (life: Life, bytes: number) => void
}) {
  const { time, tasks, disk, machine, hangUp } = deps
  const { record, see } = deps.recorder
  let servers = 0
  let server: SimulatedServer | null = null

  const removeDir = async (life: Life, dir: string): Promise<void> => {
    await tasks.whenDue()
    if (!life.alive) return new Promise(() => {})
    machine.removeDir(dir)
    record({ type: 'removed', session: basename(dir) })
  }

  /** It does nothing more. */
  const end = async ({ life }: SimulatedServer, how: { keep: boolean }): Promise<void> => {
    server = null
    await disk.crash(how)
    time.end(life)
    machine.forgetWatchers()
  }

  const close = async (stopping: SimulatedServer): Promise<void> => {
    const closed = time.within(stopping.life, stopping.close)
    hangUp(stopping.life, 0)
    await closed
    if (!stopping.life.alive) return
    record({ type: 'stopped' })
    await end(stopping, { keep: false })
  }

  return {
    current: (): SimulatedServer | null => server,
    /** Unless there is one: also one that stops has the directory still. */
    start(): void {
      if (server !== null) return
      const life: Life = { name: `server ${++servers}`, alive: true }
      const started = time.within(life, () =>
        startServer({ ...deps, life, removeDir: (dir) => removeDir(life, dir) }),
      )
      server = started
      void started.starting.then((adopted) => see('adopted turn', adopted > 0))
    },
    /** @param how.keep whether what it had begun to write counts */
    async crash(how: { keep: boolean }): Promise<void> {
      if (server === null) return
      see('crash')
      see('crash while stopping', server.closing)
      const { life } = server
      await end(server, how)
      hangUp(life, how.keep ? CUT_BYTES : 0)
      record({ type: 'crashed' })
    },
    stop(): void {
      if (server === null || server.closing) return
      see('stopped')
      see('stopped with a turn that runs', machine.hasAgents())
      record({ type: 'stopping' })
      close(server).catch(deps.onFault)
    },
  }
}
