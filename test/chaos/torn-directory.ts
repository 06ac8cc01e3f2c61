/**
 * A data directory as a power cut leaves it: a server died in the middle of a turn, and nothing runs any more. All its
 * turns are known by heart, so that whoever starts a server on it, or on a part of it, can tell what must come of it.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Event } from '../../src/machines/events.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script } from '../support/server.ts'
import { findAtHome } from './at-home.ts'
import { startSureServer } from './sure-server.ts'
import { HANG_MS, until, within } from './within.ts'

const HELD_AGENT = resolve(import.meta.dirname, '../fixtures/held-agent.sh')

/**
 * How the newest turn stood when the server died, and what became of its agent before the lights went out:
 * - `begun`: the agent was seen to run and had said nothing; it went on alone, and ended
 * - `begun-killed`: the same, but the agent and its supervisor died before they were done
 * - `talking`: the agent had said something; it went on alone, and ended
 * - `ended`: the turn had ended, and that was on record
 */
export const ENDINGS = ['begun', 'begun-killed', 'talking', 'ended'] as const
export type Ending = (typeof ENDINGS)[number]

/** What an event says that is the same whenever it is recorded. */
export function essenceOf(event: Event): string {
  const said = 'text' in event ? event.text : event.kind === 'turn_end' ? event.outcome : ''
  return `${event.turn} ${event.kind} ${said}`.trim()
}

const finishedTurn = (turn: number, prompt: string, ...texts: string[]): string[] => [
  ...[`${turn} user ${prompt}`, `${turn} turn_start`, `${turn} agent_ready`],
  ...texts.map((text) => `${turn} text ${text}`),
  `${turn} turn_end completed`,
]

/**
 * What a log may become whose turn is cut off though it had ended: its run was removed when the next one began, so that
 * what the log has of it is all that is left.
 */
function cutOff(finished: string[]): string[][] {
  const lost = ['1 error', '1 turn_end lost']
  // From its start on: of a turn that was not seen to start nothing is known to be gone.
  return [2, 3, 4].map((events) => [...finished.slice(0, events), ...lost])
}

/** @returns the directory, stopped in its tracks, and what is known of it. Removed when it is disposed of. */
export async function createTornDirectory(ending: Ending) {
  const workspace = mkdtempSync(join(tmpdir(), 'breakglass-chaos-workspace-'))
  const sure = await startSureServer({
    BREAKGLASS_WORKSPACE_ROOTS: workspace,
    BREAKGLASS_CLAUDE_BIN: HELD_AGENT,
  })
  const { server, home } = sure
  const atHome = () => findAtHome(home)
  const dispose = async (): Promise<void> => {
    await sure[Symbol.asyncDispose]()
    rmSync(workspace, { recursive: true, force: true })
  }
  try {
    return { ...(await fill()), dataDir: server.dataDir, workspace, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }

  async function fill() {
    // In a workspace outside of the directory: the one that a session owns lies where the original was.
    const [quiet, torn] = [
      await server.open({ agent: 'claude', workspace }),
      await server.open({ agent: 'claude', workspace }),
    ]
    const prompts = { one: script({ say: 'one' }, { exit: 0 }), two: script({ say: 'two' }, { exit: 0 }) }
    const take = async (id: string, prompt: string, after?: number) => {
      await server.prompt(id, prompt)
      await within(HANG_MS, 'a turn to end', untilTurnEnd(server.eventsUrl(id), server.token(), after))
      return server.events(id)
    }
    const first = await take(quiet.id, prompts.one)
    const quietLog = await take(quiet.id, prompts.two, first.length - 1)
    const tornLog = await take(torn.id, prompts.one)

    const seen: Event[] = [...tornLog]
    const prompt = await playNewest(torn.id, seen)
    const lost = ending === 'begun-killed'
    const one = finishedTurn(1, prompts.one, 'one')
    const newest = lost
      ? [...finishedTurn(2, prompt, 'part 1').slice(0, -1), '2 error', '2 turn_end lost']
      : finishedTurn(2, prompt, 'part 1', 'part 2')
    return {
      diedAt: new Date().toISOString(),
      /** Nothing happened to it for a while. */
      quiet: { id: quiet.id, seen: quietLog, wholes: [[...one, ...finishedTurn(2, prompts.two, 'two')]] },
      /**
       * Its newest turn is what was recorded last: it may be there as a whole, or not at all. Further back the one before
       * it is cut.
       */
      torn: { id: torn.id, seen, wholes: [[...one, ...newest], one, ...cutOff(one)] },
    }
  }

  /** Begins a turn, kills the server in it, and brings its agent to its end. @returns the prompt */
  async function playNewest(id: string, seen: Event[]): Promise<string> {
    const inHome = (name: string): string => join(home, name)
    const [hold, said, gate] = [inHome('hold'), inHome('said'), inHome('gate')]
    const begins = ending === 'begun' || ending === 'begun-killed'
    const prompt = script(
      ...[{ say: 'part 1' }, { touch: said }, { await: gate }, { say: 'part 2' }, { exit: 0 }],
    )
    if (begins) writeFileSync(hold, '')
    if (ending === 'ended') writeFileSync(gate, '')
    // Whoever is attached has seen what was recorded, up to the crash.
    const heard = Promise.withResolvers<void>()
    const attached = readStream(server.eventsUrl(id), {
      ...{ token: server.token(), lastEventId: seen.length - 1 },
      onFrame({ id: given, data }) {
        if (given === undefined) return
        seen.push(data)
        if (data.kind === (ending === 'ended' ? 'turn_end' : 'text')) heard.resolve()
      },
    })
    await server.prompt(id, prompt)
    if (begins) await until(HANG_MS, 'the agent to run', () => atHome().some(({ isMember }) => isMember))
    else await within(HANG_MS, 'the turn to come that far', heard.promise)
    await server.kill()
    await attached
    rmSync(hold, { force: true })
    await until(HANG_MS, 'the agent to say its first part', () => existsSync(said))
    if (ending === 'begun-killed') {
      // The supervisor first: else it writes down how the agent ended.
      const bySupervisor = atHome().sort((a, b) => Number(a.isMember) - Number(b.isMember))
      for (const { pid } of bySupervisor) process.kill(pid, 'SIGKILL')
    }
    writeFileSync(gate, '')
    await until(HANG_MS, 'nothing to run any more', () => atHome().length === 0)
    return prompt
  }
}

export type TornDirectory = Awaited<ReturnType<typeof createTornDirectory>>
