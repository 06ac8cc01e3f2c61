/** The situations of the row `pid-wrap`: one for each way in which a server goes by a pid. */
import { writeFileSync } from 'node:fs'
import { script, type TestServer } from '../support/server.ts'
import { killTurn, type Situation } from './pid-situation.ts'
import type { Family } from './strangers.ts'
import { killForGood, type TurnPids, untilFree } from './turn-pids.ts'
import { livingWith } from './worded-processes.ts'

const RESULT = { type: 'result', is_error: false, result: 'done', usage: {}, total_cost_usd: 0 }

/** Until it is killed. */
const WAITS = 'while :; do read -rt 600 <><(:); done'
const deaf =
  (signals: string) =>
  ({ startTools }: { startTools: string }) =>
    `${startTools}\ntrap '' ${signals}\necho line 0\n${WAITS}`

const cancel = async (server: TestServer, id: string): Promise<void> =>
  void (await server.post(`/api/sessions/${id}/cancel`))

/** Each by itself. */
const apart = ({ shim, agent, feeder }: TurnPids): Family[] => [
  [shim],
  [agent],
  ...(feeder === null ? [] : [[feeder] satisfies Family]),
]
/** Related to each other just as those before them were. */
const related = ({ shim, agent, feeder }: TurnPids): Family[] => [
  [shim, agent, ...(feeder === null ? [] : [feeder])],
]

const adoptions = [
  { how: 'apart', arrange: apart },
  { how: 'related', arrange: related },
].flatMap(({ how, arrange }): Situation[] => [
  {
    name: `lost, strangers ${how}`,
    ...{ adopted: true, agent: 'shell', tools: 1, prompt: deaf('INT') },
    async die(turn) {
      await killTurn(turn)
      return arrange(turn.pids)
    },
  },
  {
    name: `lost with its feeder, strangers ${how}`,
    ...{
      adopted: true,
      agent: 'claude',
      tools: 0,
      prompt: ({ gate }) => script({ say: 'line 0\n' }, { await: gate }),
    },
    async die(turn) {
      await killTurn(turn)
      return arrange(turn.pids)
    },
  },
  {
    name: `lost while it was cancelled, strangers ${how}`,
    ...{ adopted: true, agent: 'shell', tools: 1, prompt: deaf('INT'), before: cancel },
    async die(turn) {
      await killTurn(turn)
      return arrange(turn.pids)
    },
  },
  {
    name: `ended unseen, strangers ${how}`,
    ...{ adopted: true, agent: 'claude', tools: 1 },
    prompt: ({ gate, startTools }) =>
      script(
        { run: startTools },
        { say: 'line 0\n' },
        { await: gate },
        { raw: `${JSON.stringify(RESULT)}\n` },
        { exit: 0 },
      ),
    async die({ gate, pids }) {
      writeFileSync(gate, '')
      await untilFree([pids.shim, pids.agent, pids.feeder!])
      return arrange(pids)
    },
  },
])

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'tools that died while the turn was stopped',
    ...{ adopted: false, agent: 'shell', tools: 3, prompt: deaf('INT TERM'), before: cancel },
    async die({ word }) {
      const found = livingWith(word)
      await killForGood(found)
      return found.map((pid): Family => [pid])
    },
  },
  {
    name: 'a feeder that died before the result',
    ...{ adopted: false, agent: 'claude', tools: 0 },
    prompt: ({ gate }) => script({ say: 'line 0\n' }, { await: gate }),
    async die({ pids }) {
      await killForGood([pids.feeder!])
      return [[pids.feeder!]]
    },
    goOn: async ({ gate }) => writeFileSync(gate, ''),
  },
  {
    name: 'a feeder that was ended at the result',
    ...{ adopted: false, agent: 'claude', tools: 0 },
    prompt: ({ gate }) =>
      script({ say: 'line 0\n' }, { raw: `${JSON.stringify(RESULT)}\n` }, { await: gate }, { exit: 0 }),
    async die({ pids }) {
      await untilFree([pids.feeder!])
      return [[pids.feeder!]]
    },
    goOn: async ({ gate }) => writeFileSync(gate, ''),
  },
  ...adoptions,
]
