/** Turns of a thousand numbered lines, each with a name, a start on record and an exit code of its own; and their judge. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Event, Session } from '../../src/machines/events.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { script, textsOf } from '../support/server.ts'
import { type LineTally, sumTallies, tallyLines } from './line-tally.ts'

export const LINES = 1_000

const exitCodeOf = (session: number, turn: number): number => (session * 5 + turn) % 7
const nameOf = (session: number, turn: number): string => `turn ${turn} of session ${session}`
const expectedTexts = (session: number, turn: number): string[] => [
  nameOf(session, turn),
  ...Array.from({ length: LINES }, (_, i) => `line ${i}`),
]

/**
 * @param pace.msPerLine how long it takes over a line
 * @param pace.gate the file that must be there before it leaves
 */
export const talkingTurn = (
  session: number,
  turn: number,
  { msPerLine, gate }: { msPerLine: number; gate?: string },
): string =>
  script(
    { run: `echo ${turn} >> starts` },
    { say: nameOf(session, turn) },
    { drip: [LINES, msPerLine] },
    ...(gate === undefined ? [] : [{ await: gate }]),
    { exit: exitCodeOf(session, turn) },
  )

export type Judgement = {
  tally: LineTally
  /** How many turns ended with the right one. */
  exitCodes: number
  faults: string[]
}

/**
 * @param events the whole log
 * @param about.seen what somebody saw who was attached all the time
 */
export function judgeTurns(
  events: Event[],
  about: { session: Session; at: number; turns: number; seen: Event[] },
): Judgement {
  const { session, at } = about
  const turns = Array.from({ length: about.turns }, (_, i) => i + 1)
  const of = (turn: number): Event[] => events.filter((event) => event.turn === turn)
  const starts = readFileSync(join(session.workspace, 'starts'), 'utf8').trim().split('\n')
  const hasExitCode = (turn: number): boolean => {
    const end = of(turn).at(-1)
    return end?.kind === 'turn_end' && end.exitCode === exitCodeOf(at, turn)
  }
  const agents = turns.map((turn) => of(turn).filter(({ kind }) => kind === 'agent_ready').length)
  return {
    tally: sumTallies(turns.map((turn) => tallyLines(expectedTexts(at, turn), textsOf(of(turn))))),
    exitCodes: turns.filter(hasExitCode).length,
    faults: [
      ...checkLog(events),
      ...(isDeepStrictEqual(about.seen, events) ? [] : ['the reader saw another log']),
      ...(isDeepStrictEqual(starts, turns.map(String)) ? [] : [`the turns that were started: ${starts}`]),
      ...(agents.every((count) => count === 1) ? [] : [`agents in each turn: ${agents}`]),
    ],
  }
}
