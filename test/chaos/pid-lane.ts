/**
 * Rounds of the row `pid-wrap`, in a pid namespace of its own: nobody else there takes a pid that a stranger shall have.
 * usage: node pid-lane.ts ROUNDS CGROUP    says what it does on stderr, and at the end what it counted, as JSON
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkLog } from '../../src/verify/check-log.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import type { TestServer } from '../support/server.ts'
import { cgroupOf } from './cgroups.ts'
import { beginTurn, type Situation } from './pid-situation.ts'
import { SITUATIONS } from './pid-situations.ts'
import { type Strangers, startStrangers } from './strangers.ts'
import { startSureServer } from './sure-server.ts'
import { HANG_MS, until, within } from './within.ts'
import { killAll, livingWith } from './worded-processes.ts'

export type LaneResult = {
  turns: number
  /** How many of them had a cgroup of their own. */
  inCgroups: number
  strangers: number
  signals: number
  misses: string[]
}

const [rounds, cgroup] = process.argv.slice(2)
const result: LaneResult = { turns: 0, inCgroups: 0, strangers: 0, signals: 0, misses: [] }
const dir = mkdtempSync(join(tmpdir(), 'breakglass-pids-'))
const miss = (text: string): void => {
  result.misses.push(text)
  process.stderr.write(`${text}\n`)
}

/** Several at once, if they need the server to be killed: that is the most of the time. */
async function tryOut(server: TestServer, round: number, situations: readonly Situation[]): Promise<void> {
  const met: { situation: Situation; strangers: Strangers }[] = []
  const words: string[] = []
  try {
    const turns = await Promise.all(
      situations.map((situation, i) => {
        const word = `tool-${round}-${SITUATIONS.indexOf(situation)}`
        words.push(word)
        return beginTurn(server, situation, { gate: join(dir, `gate-${word}-${i}`), word })
      }),
    )
    const isAdopted = situations[0]!.adopted
    const ownGroup = cgroupOf(server.pid)
    result.inCgroups += turns.filter(({ pids }) => cgroupOf(pids.agent) !== ownGroup).length
    if (isAdopted) await server.kill()
    for (const [i, turn] of turns.entries()) {
      const situation = situations[i]!
      met.push({ situation, strangers: startStrangers(join(dir, turn.word), await situation.die(turn)) })
    }
    if (isAdopted) await server.start()
    for (const [i, turn] of turns.entries()) await situations[i]!.goOn?.(turn)
    for (const [i, { id }] of turns.entries()) {
      const ended = untilTurnEnd(server.eventsUrl(id), server.token())
      await within(HANG_MS, `the end of ${situations[i]!.name}`, ended)
      for (const violation of checkLog(await server.events(id))) miss(`${situations[i]!.name}: ${violation}`)
      await server.request('DELETE', `/api/sessions/${id}`)
    }
    result.turns += turns.length
  } catch (error) {
    miss(`${situations.map(({ name }) => name).join(', ')}: ${(error as Error).message}`)
  } finally {
    for (const { situation, strangers } of met) {
      const signals = strangers.signals()
      result.strangers += strangers.count
      result.signals += signals.length
      if (signals.length > 0) miss(`${situation.name}: ${signals.join(', ')}`)
      strangers.end()
    }
    for (const word of words) await killAll('the tools', () => livingWith(word))
  }
}

/** What is counted must be seen to be counted. */
async function checkStrangers(): Promise<void> {
  const pid = 15_000
  const stranger = startStrangers(join(dir, 'check'), [[pid]])
  for (const signal of ['TERM', 'INT', 'CONT', 'KILL']) {
    process.kill(pid, `SIG${signal}`)
    await until(HANG_MS, `SIG${signal}`, () => stranger.signals().includes(`${signal} to ${pid}`))
  }
  stranger.end()
}

try {
  await checkStrangers()
  await using sure = await startSureServer({
    BREAKGLASS_CGROUP: cgroup!,
    BREAKGLASS_LEFTOVERS: 'kill',
    BREAKGLASS_MAX_TURNS: '100',
  })
  const { server } = sure
  for (let round = 0; round < Number(rounds); round++) {
    for (const situation of SITUATIONS) if (!situation.adopted) await tryOut(server, round, [situation])
    await tryOut(
      server,
      round,
      SITUATIONS.filter(({ adopted }) => adopted),
    )
    process.stderr.write(`round ${round} with cgroup ${cgroup}\n`)
  }
} finally {
  rmSync(dir, { recursive: true, force: true })
}
process.stdout.write(`${JSON.stringify(result)}\n`)
