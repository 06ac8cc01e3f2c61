/**
 * A situation in which a server has noted a turn's pids, and strangers have them when the signals come. Which there are
 * is the table's business (pid-situations.ts).
 */
import type { TestServer } from '../support/server.ts'
import { untilSeen } from './gated-turn.ts'
import type { Family } from './strangers.ts'
import { killForGood, readTurnPids, type TurnPids } from './turn-pids.ts'
import { HANG_MS, until } from './within.ts'
import { livingOf, livingWith } from './worded-processes.ts'

export type Situation = {
  name: string
  /** Whether the server is dead while strangers take the pids, and the next one sends the signals. */
  adopted: boolean
  agent: 'shell' | 'claude'
  /** How many tools it has, in sessions of their own: they outlive their agent, so that there is something to signal. */
  tools: number
  prompt(turn: { gate: string; startTools: string }): string
  /** What is done to the turn while its first server still lives. */
  before?(server: TestServer, id: string): Promise<void>
  /** Ends whoever shall be somebody else. @returns who takes their pids */
  die(turn: TurnAtHand): Promise<Family[]>
  /** Makes the signals come, where they do not by themselves. */
  goOn?(turn: TurnAtHand): Promise<void>
}

export type TurnAtHand = { server: TestServer; id: string; gate: string; word: string; pids: TurnPids }

const startTools = (word: string, count: number): string =>
  `for i in $(seq ${count}); do setsid --fork bash -c 'exec -a ${word} sleep 600' >/dev/null 2>&1; done`

/** Starts the situation's turn, and waits until it is where it shall be. */
export async function beginTurn(
  server: TestServer,
  situation: Situation,
  place: { gate: string; word: string },
): Promise<TurnAtHand> {
  const { id } = await server.open({ agent: situation.agent })
  const { tools, prompt } = situation
  await server.prompt(id, prompt({ gate: place.gate, startTools: startTools(place.word, tools) }))
  await untilSeen(server, id, 0)
  const pids = await readTurnPids(server, id)
  // The scripted agent does not wait for what it runs.
  await until(HANG_MS, 'the tools', () => livingWith(place.word).length === tools)
  await situation.before?.(server, id)
  return { server, id, ...place, pids }
}

/** Everybody but the tools, the supervisor first. */
export async function killTurn({ id, word, pids }: TurnAtHand): Promise<void> {
  const spared = livingWith(word)
  const rest = [pids.agent, ...(pids.feeder === null ? [] : [pids.feeder]), ...livingOf(id, 1)]
  await killForGood([pids.shim, ...rest.filter((pid) => !spared.includes(pid))])
}
