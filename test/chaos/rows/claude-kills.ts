/** The server is killed again and again while the real claude CLI works through one turn with tools. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Event } from '../../../src/machines/events.ts'
import { checkLog } from '../../../src/verify/check-log.ts'
import { claudeEnvironment } from '../../agents/claude-environment.ts'
import { claudeBin } from '../../agents/install.ts'
import { type ModelApi, startModelApi } from '../../support/model-api.ts'
import { type Message, nextStep, type Step } from '../../support/model-api-script.ts'
import { script } from '../../support/server.ts'
import { attachReader } from '../attached-reader.ts'
import { findLeftOver } from '../left-over.ts'
import { randomMoments, startMortalServer } from '../mortal-server.ts'
import { chooseSeed, createRandom } from '../random.ts'
import type { Row, RowResult } from '../row.ts'
import { readWholeLog } from '../whole-log.ts'
import { within } from '../within.ts'

const KILLS = 10
const KILL_AFTER_MS_MAX = 400
const WAIT_MS_MAX = 60_000
/** The model's last answer is held back until the last kill, so that all of them are within the turn. */
const GATE = 'after-the-kills'
const WORDS = ['one', 'two', 'three', 'four']

const bash = (word: string) => ({
  name: 'Bash',
  input: { command: `sleep 0.7; echo ${word} | tee -a said`, description: 'says it' },
})
const STEPS: Step[] = [
  ...WORDS.map((word) => ({ thinking: `What about ${word}?`, text: `Saying ${word}.`, tools: [bash(word)] })),
  { text: 'All is said.', gate: GATE },
]
const EXPECTED = [
  ...['user', 'turn_start', 'agent_ready'],
  ...WORDS.flatMap((word) => [`What about ${word}?`, `Saying ${word}.`, 'tool_use', word]),
  ...['All is said.', 'result', 'completed'],
]

export const claudeKills: Row = {
  name: 'claude-kills',
  target: `the real claude CLI under ${KILLS} kill -9 of the server: one turn, each step of it once`,
  unavailable: () =>
    existsSync(claudeBin()) ? null : 'the claude CLI is not installed: node test/agents/install.ts',
  async run({ say }): Promise<RowResult> {
    const seed = chooseSeed()
    say(`CHAOS_SEED=${seed}`)
    const api = await startModelApi()
    try {
      return await killDuringTurn(api, seed)
    } finally {
      await api.close()
    }
  },
}

async function killDuringTurn(api: ModelApi, seed: number): Promise<RowResult> {
  await using mortal = await startMortalServer(claudeEnvironment(api.url))
  const { server } = mortal
  const { id, workspace } = await server.open({ agent: 'claude', permissionMode: 'bypass' })
  const reader = attachReader(mortal, id, 1)
  await server.prompt(id, script(...STEPS))
  const killing = mortal.killAtRandom(KILLS, randomMoments(createRandom(seed), KILL_AFTER_MS_MAX))
  await within(WAIT_MS_MAX, 'the kills', killing)
  api.release(GATE)
  await within(WAIT_MS_MAX, 'the turn to end', reader.done)

  const events = await readWholeLog(server, id)
  const told = events.map(tell)
  const asked = countRequests(api)
  const said = readFileSync(join(workspace, 'said'), 'utf8').trim().split('\n')
  await server.stop()
  const faults = [
    ...checkLog(events),
    ...reader.faults,
    ...(await findLeftOver(mortal.home)),
    ...(isDeepStrictEqual(said, WORDS) ? [] : [`the tools said ${said}`]),
    ...(isDeepStrictEqual(reader.events, events) ? [] : ['the reader saw another log']),
    ...(isDeepStrictEqual(told, EXPECTED) ? [] : [`the log says ${JSON.stringify(told)}`]),
    ...(isDeepStrictEqual(
      asked,
      STEPS.map(() => 1),
    )
      ? []
      : [`the model was asked ${asked} times, step by step`]),
  ]
  return {
    ok: mortal.kills === KILLS && faults.length === 0,
    figure: [
      `${mortal.kills} kills in a turn of ${WORDS.length} tools; ${events.length} events, each once`,
      `the model was asked ${asked.reduce((sum, count) => sum + count, 0)} times in ${STEPS.length} steps`,
      `seed ${seed}`,
      ...faults.slice(0, 1),
    ].join('; '),
    details: { seed, faults, told },
  }
}

/** What an event says that is the same in each run of the script. */
function tell(event: Event): string {
  if (event.kind === 'text' || event.kind === 'thinking' || event.kind === 'tool_result') return event.text
  return event.kind === 'turn_end' ? event.outcome : event.kind
}

/** How often the model was asked for each step of the script. */
function countRequests(api: ModelApi): number[] {
  const keys = api.requests.map(({ messages }) => nextStep(messages as Message[]).key)
  return STEPS.map((_, step) => keys.filter((key) => key.startsWith(`${step} `)).length)
}
