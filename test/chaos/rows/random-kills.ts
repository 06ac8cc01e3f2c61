/** The server is killed at random moments while agents talk: what they said must be in the log, once and in order. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Session } from '../../../src/machines/events.ts'
import { type AttachedReader, attachReader } from '../attached-reader.ts'
import { findLeftOver } from '../left-over.ts'
import { sumTallies } from '../line-tally.ts'
import { type MortalServer, randomMoments, startMortalServer } from '../mortal-server.ts'
import { chooseSeed, createRandom } from '../random.ts'
import type { Row, RowResult } from '../row.ts'
import { type Judgement, judgeTurns, LINES, talkingTurn } from '../talking-turns.ts'
import { readWholeLog } from '../whole-log.ts'
import { within } from '../within.ts'

const SIZES = {
  full: { kills: 200, sessions: 6, turns: 5 },
  short: { kills: 40, sessions: 4, turns: 2 },
}
const KILL_AFTER_MS_MAX = 600
/** A kill and the start of the next server: a guess, until there have been some. */
const CYCLE_MS = 600
const CYCLE_MS_MAX = 3_000
const GRACE_MS = 60_000

type Player = { session: Session; at: number; reader: AttachedReader; done: Promise<void> }

export const randomKills: Row = {
  name: 'random-kills',
  target: '200 kill -9 at random moments in 30 turns of 1,000 lines: nothing lost, doubled or reordered',
  async run({ size, say }): Promise<RowResult> {
    const { kills, sessions: count, turns } = SIZES[size]
    const seed = chooseSeed()
    say(`CHAOS_SEED=${seed}`)
    await using mortal = await startMortalServer()
    const { server } = mortal
    const gate = join(server.dataDir, 'gate')
    const startedAt = performance.now()
    /** What a line must take, so that the turns last as long as the kills. */
    const msPerLine = (turn: number): number => {
      const cycleMs = mortal.kills > 0 ? (performance.now() - startedAt) / mortal.kills : CYCLE_MS
      return Math.max(1, Math.round(((kills - mortal.kills) * cycleMs) / (turns - turn + 1) / LINES))
    }

    const sessions = await Promise.all(Array.from({ length: count }, () => server.open()))
    const players = sessions.map((session, at): Player => {
      const reader = attachReader(mortal, session.id, turns)
      const promptOf = (turn: number): string =>
        // However slow the machine is, no kill comes after the last turn's end.
        talkingTurn(at, turn, { msPerLine: msPerLine(turn), ...(turn === turns && { gate }) })
      return { session, at, reader, done: takeTurns(mortal, session, { reader, turns, promptOf }) }
    })
    const playing = Promise.all(players.map(({ done }) => done))
    const moments = randomMoments(createRandom(seed), KILL_AFTER_MS_MAX)
    const killing = mortal.killAtRandom(kills, moments, (kill) => {
      if (kill % 20 === 0) say(`${kill} of ${kills} kills`)
    })
    const killed = Promise.race([killing, playing.then(() => killing)])
    await within(kills * CYCLE_MS_MAX + GRACE_MS, 'the kills', killed)
    writeFileSync(gate, '')
    await within(GRACE_MS, 'the turns to end', playing)
    const reading = Promise.all(players.map(({ reader }) => reader.done))
    await within(GRACE_MS, 'the readers to see them end', reading)

    const found: Judgement[] = []
    for (const player of players) found.push(await judgeSession(mortal, player, turns))
    await server.stop()
    const faults = [...found.flatMap((one) => one.faults), ...(await findLeftOver(mortal.home))]

    const tally = sumTallies(found.map((one) => one.tally))
    const exitCodes = found.reduce((sum, one) => sum + one.exitCodes, 0)
    const connections = players.reduce((sum, { reader }) => sum + reader.connections, 0)
    const isWhole = tally.lost + tally.doubled + tally.reordered + tally.strange === 0
    return {
      ok: mortal.kills === kills && isWhole && exitCodes === count * turns && faults.length === 0,
      figure: [
        `${mortal.kills} kills in ${count * turns} turns of ${LINES} lines`,
        `${tally.lost} lost, ${tally.doubled} doubled, ${tally.reordered} reordered`,
        `${exitCodes} of ${count * turns} exit codes`,
        `the same log in ${connections} connections of ${count} readers`,
        `seed ${seed}`,
        ...(faults.length > 0 ? [`${faults.length} faults, the first: ${faults[0]}`] : []),
      ].join('; '),
      details: { seed, tally, faults: faults.slice(0, 50) },
    }
  },
}

/** One session's turns, one after the other, as a client has them: asked for until answered, and then once more. */
async function takeTurns(
  mortal: MortalServer,
  { id }: Session,
  options: { reader: AttachedReader; turns: number; promptOf: (turn: number) => string },
): Promise<void> {
  const { reader, turns, promptOf } = options
  for (let turn = 1; turn <= turns; turn++) {
    // Made once: the same key must come with the same prompt.
    const prompt = promptOf(turn)
    const headers = { 'idempotency-key': `turn ${turn}` }
    const ask = () => mortal.ask(() => mortal.server.post(`/api/sessions/${id}/turns`, { prompt }, headers))
    const { status, body } = await ask()
    if (status !== 202 || body.turn !== turn)
      throw new Error(`turn ${turn} was answered ${status} ${JSON.stringify(body)}`)
    await reader.turnEnd(turn)
    const again = await ask()
    if (!isDeepStrictEqual(again.body, body))
      throw new Error(`asked again, turn ${turn} is ${JSON.stringify(again.body)}`)
    if (reader.events[body.eventId]?.kind !== 'user')
      throw new Error(`turn ${turn} does not begin at ${body.eventId}`)
  }
}

async function judgeSession(
  { server }: MortalServer,
  { session, at, reader }: Player,
  turns: number,
): Promise<Judgement> {
  const log = await readWholeLog(server, session.id)
  const { state } = (await server.get(`/api/sessions/${session.id}`)).body
  const judgement = judgeTurns(log, { session, at, turns, seen: reader.events })
  const faults = [...judgement.faults, ...reader.faults, ...(state === 'idle' ? [] : [`it is ${state}`])]
  return { ...judgement, faults: faults.map((fault) => `session ${at}: ${fault}`) }
}
