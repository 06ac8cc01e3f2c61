/** One turn that meets a full disk at one moment, and what becomes of it when there is room again. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../../src/runtime/limits.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { script, type TestServer } from '../support/server.ts'
import { crashWhileFull } from './crash-while-full.ts'
import { type CrashingServer, startCrashingServer } from './crashing-server.ts'
import { ask, checkAfter, checkEnd, EXIT_CODE } from './disk-checks.ts'
import { mountSmallDisk, type SmallDisk } from './full-disk.ts'
import { untilSeen } from './gated-turn.ts'
import { readTurnPids, untilFree } from './turn-pids.ts'
import { HANG_MS, until, within } from './within.ts'

const START_INSTANTS = ['after-record', 'before-spawn', 'after-claim'] as const
/** `prompt`: before it. `append`, `exit`: what the agent says, and how it ends. The others: while it is started. */
export const MOMENTS = ['prompt', 'append', 'exit', ...START_INSTANTS] as const
/** @param kill the server is killed while the disk is full */
export type Trial = { moment: (typeof MOMENTS)[number]; kill: boolean }

export type TrialResult = {
  misses: string[]
  /** Whether the next server started while the disk was full; null when there was none. */
  startedFull: boolean | null
}

type Place = Trial & {
  disk: SmallDisk
  crashing: CrashingServer
  server: TestServer
  id: string
  gate: string
}

export async function tryFullDisk(trial: Trial): Promise<TrialResult> {
  const gates = await mkdtemp(join(tmpdir(), 'breakglass-gates-'))
  try {
    using disk = mountSmallDisk()
    await using crashing = await startCrashingServer({ BREAKGLASS_DATA_DIR: join(disk.dir, 'data') })
    // First of all: without room nothing can be cleared up.
    using _ = { [Symbol.dispose]: disk.makeRoom }
    const { server } = crashing
    const { id } = await server.open()
    const place: Place = { ...trial, disk, crashing, server, id, gate: join(gates, 'gate') }
    if (trial.moment === 'prompt') return await beforePrompt(place)
    if (trial.moment === 'append' || trial.moment === 'exit') return await whileItRuns(place)
    return await whileItStarts(place)
  } finally {
    await rm(gates, { recursive: true, force: true })
  }
}

/** Refused, and it leaves no trace. */
async function beforePrompt(place: Place): Promise<TrialResult> {
  const { disk, server, id } = place
  const prompt = script({ say: 'line 0\n' }, { exit: EXIT_CODE })
  disk.fill()
  const refused = await ask(place, prompt)
  const startedFull = await crashWhileFull(place)
  disk.makeRoom()
  const traces = [
    ...(await server.events(id)),
    ...readdirSync(server.dataDir, { recursive: true }).filter(isRun),
  ]
  const { turn, state } = (await server.get(`/api/sessions/${id}`)).body
  const accepted = await ask(place, prompt)
  return {
    startedFull,
    misses: [
      ...(refused.status === 507 ? [] : [`a prompt was answered ${refused.status}`]),
      ...(traces.length === 0 && turn === 0 && state === 'idle' ? [] : ['a refused prompt left a trace']),
      ...(accepted.status === 202 ? [] : [`the same prompt was answered ${accepted.status}`]),
      ...(await checkEnd(place, { texts: ['line 0\n'], mustSay: false, seen: [] })),
    ],
  }
}

const isRun = (path: string | Buffer): boolean => /sessions\/[^/]+\/runs\/./.test(String(path))

async function whileItRuns(place: Place): Promise<TrialResult> {
  const { disk, server, id, gate, moment } = place
  const lines = moment === 'append' ? ['line 1\n', 'line 2\n'] : ['line 1\n']
  const last = `${gate}-last`
  const steps = [{ say: 'line 0\n' }, { await: gate }, ...lines.map((say) => ({ say }))]
  const rest = moment === 'append' ? [{ await: last }, { say: 'line 3\n' }] : []
  await ask(place, script(...steps, ...rest, { exit: EXIT_CODE }))
  await untilSeen(server, id, 0)
  const { agent } = await readTurnPids(server, id)
  const seen = await server.events(id)

  disk.fill()
  writeFileSync(gate, '')
  // What is said has a place in the spool, whose last block is the agent's already; in the log it has none.
  if (moment === 'append')
    await until(HANG_MS, 'what the agent says', () => outputOf(place).includes('line 2'))
  else await untilFree([agent])
  // However it watches, the server has looked by then.
  await sleep(LIMITS.spoolPollMs)
  const busy = await server.get(`/api/sessions/${id}`)
  const startedFull = await crashWhileFull(place)
  disk.makeRoom()
  if (moment === 'append') await untilSeen(server, id, 2)
  writeFileSync(last, '')
  const texts = ['line 0\n', ...lines, ...(moment === 'append' ? ['line 3\n'] : [])]
  return {
    startedFull,
    misses: [
      ...(busy.status === 200 ? [] : [`the session was answered ${busy.status}`]),
      // A server that only starts when there is room again has seen nothing.
      ...(await checkEnd(place, { texts, mustSay: startedFull !== false, seen })),
    ],
  }
}

function outputOf({ server, id }: Place): string {
  const runs = join(server.dataDir, 'sessions', id, 'runs')
  return readFileSync(join(runs, readdirSync(runs)[0]!, 'out'), 'utf8')
}

/** The turn is on record, and there is no room for its supervisor: it ends without an agent, and says why. */
async function whileItStarts(place: Place): Promise<TrialResult> {
  const { disk, crashing, server, id, gate } = place
  const instant = place.moment as (typeof START_INSTANTS)[number]
  crashing.arm(instant, `fill ${disk.dir}`)
  const accepted = await ask(place, script({ touch: gate }, { say: 'line 0\n' }, { exit: EXIT_CODE }))
  await crashing.met(instant)
  await sleep(LIMITS.spoolPollMs)
  const startedFull = await crashWhileFull(place)
  disk.makeRoom()
  await within(HANG_MS, 'the end of the turn', untilTurnEnd(server.eventsUrl(id), server.token()))
  const events = await server.events(id)
  const isRefused = events.some((event) => event.kind === 'error' && String(event.code) === 'disk_full')
  const end = events.at(-1)
  const isRight = isRefused ? end?.kind === 'turn_end' && end.outcome === 'failed' : startedFull === false
  return {
    startedFull,
    misses: [
      ...(accepted.status === 202 ? [] : [`the prompt was answered ${accepted.status}`]),
      ...(isRefused && existsSync(gate) ? ['its agent was started all the same'] : []),
      ...(isRight ? [] : [`ended in ${JSON.stringify(events.slice(-2))}`]),
      // Started by the next server, which found room: then it is a turn like any other.
      ...(isRefused
        ? await checkAfter(place, events)
        : await checkEnd(place, { texts: ['line 0\n'], mustSay: false, seen: [] })),
    ],
  }
}
