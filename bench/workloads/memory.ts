/** What is held in memory: by clients that wait, by sessions that nobody uses, and by a log that has grown. */
import { startBaseline } from '../baselines/start.ts'
import { type Contestant, TEXT_CHARS } from '../contestant.ts'
import { startOurs } from '../ours.ts'
import type { ServerProcess } from '../server/process.ts'
import type { Context, Sample, Side, Workload } from '../workload.ts'
import { BETTER_SSE, PER_CHUNK } from './contestants.ts'
import { overLogsAnew } from './seeded.ts'
import { watchTurn } from './turn.ts'

/** So that what a server needs once is there before anything is compared. */
const CLIENTS_BEFORE = 200

const held = async (process: ServerProcess): Promise<number> => {
  await process.collect()
  return process.rssKiB()
}

/** A server for each run: what it once had it does not give back. */
const freshly = (
  name: string,
  start: (profileDir: string | undefined) => Promise<Contestant>,
  run: (contestant: Contestant, context: Context) => Promise<Sample>,
): Side => ({
  name,
  open: async (context) => ({
    async run() {
      const contestant = await start(context.profileDir)
      try {
        return await run(contestant, context)
      } finally {
        await contestant.close()
      }
    },
    close: async () => {},
  }),
})

const PER_CLIENT = { figure: 'per client', unit: 'KiB', digits: 1 }

export const memoryOfClients: Workload = {
  name: 'memory-clients',
  title: 'memory: attached clients that wait',
  sides(size, short) {
    if (size > 1) return { notDone: 'more sockets than a server takes' }
    const clients = short ? 200 : 2_000
    const attach = async (contestant: Contestant, { load }: Context): Promise<Sample> => {
      const { firstText: first, prompt: _, ...topic } = await contestant.open()
      const idle = { ...topic, after: -1, first, last: first, latencies: false, reads: true }
      const before = load.attach({ ...idle, clients: CLIENTS_BEFORE })
      await before.attached
      const heldBefore = await held(contestant.process)
      const group = load.attach({ ...idle, clients })
      await group.attached
      const perClient = ((await held(contestant.process)) - heldBefore) / clients
      for (const { close } of [before, group]) await close()
      return { [PER_CLIENT.figure]: perClient }
    }
    return [
      freshly('breakglass', (profileDir) => startOurs({ profileDir }), attach),
      freshly(PER_CHUNK, () => startBaseline(PER_CHUNK), attach),
      freshly(BETTER_SSE, () => startBaseline(BETTER_SSE), attach),
    ]
  },
  targets: [{ ...PER_CLIENT, atMost: 16 }],
  warmUps: 0,
}

const SESSIONS = 10_000
const PER_SESSION = { figure: 'per session', unit: 'KiB', digits: 2 }

export const memoryOfSessions: Workload = {
  name: 'memory-sessions',
  title: `memory: sessions that were looked at once, of ${SESSIONS.toLocaleString('en')}`,
  sides(size, short) {
    if (size > 1) return { notDone: 'more sessions than a server has' }
    const logs = Array.from({ length: short ? SESSIONS / 10 : SESSIONS }, () => 10)
    return [
      overLogsAnew('breakglass', logs, async ({ server, ids }) => {
        const look = async (id: string): Promise<unknown> =>
          (await server.ask('GET', `/api/sessions/${id}/events`)).arrayBuffer()
        // What so many requests in a row leave to V8 and malloc is there after the first half.
        const half = ids.length / 2
        for (const id of ids.slice(0, half)) await look(id)
        const before = await held(server.process)
        for (const id of ids.slice(half)) await look(id)
        return { [PER_SESSION.figure]: ((await held(server.process)) - before) / half }
      }),
    ]
  },
  targets: [{ ...PER_SESSION, atMost: 1 }],
  warmUps: 0,
}

const EVENTS = 1_000_000
const GROWTH = { figure: 'growth from a tenth of them', unit: 'MiB', digits: 1 }

export const memoryOfEvents: Workload = {
  name: 'memory-events',
  title: 'memory: after 10⁶ events',
  sides(size, short) {
    if (size > 1) return { notDone: 'it is about one size' }
    const events = short ? EVENTS / 100 : EVENTS
    return [
      freshly(
        'breakglass',
        (profileDir) => startOurs({ profileDir }),
        async (contestant, context) => {
          const say = (lines: number) =>
            watchTurn(context, contestant, { clients: 1, lines, chars: TEXT_CHARS })
          await say(events / 10)
          const before = await held(contestant.process)
          await say((events * 9) / 10)
          return { [GROWTH.figure]: ((await held(contestant.process)) - before) / 1024 }
        },
      ),
    ]
  },
  // RSS moves by a few MiB without anything being held.
  targets: [{ ...GROWTH, atMost: 8 }],
  warmUps: 0,
  runsMax: 3,
}
