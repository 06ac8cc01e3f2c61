/** Everything that a turn's process is run with, put together from the session, its log and the server's settings. */
import { mkdirSync } from 'node:fs'
import type { Agents } from './agents/registry.ts'
import type { Directories } from './directories.ts'
import { eventTexts } from './log/frames.ts'
import type { Log } from './log/log.ts'
import type { SessionRow } from './log/store.ts'
import type { SpoolCursor, TurnContext } from './process/port.ts'

/** What a turn was asked for: known when it is prompted, and read from the log when it is adopted. */
export type Asked = { prompt: string; model: string | null }

/**
 * @param turn.spool how far the session's newest turn was read; another turn than this one begins at its beginning
 * @param turn.agentSessionId under which the agent keeps its memory; null when it never said
 */
export function createTurnContext(
  deps: { agents: Agents; directories: Directories; environment: Record<string, string> },
  turn: { row: SessionRow; asked: Asked; turn: number; spool: unknown; agentSessionId: string | null },
): TurnContext {
  const { id, workspace, permissionMode } = turn.row
  const agent = deps.agents.get(turn.row.agent)!
  const read = turn.spool as SpoolCursor | null
  const known = turn.agentSessionId
  const beginning = { turn: turn.turn, attempt: 0, offset: 0, state: agent.begin() }
  const runDir = (attempt: number): string => deps.directories.run(id, turn.turn, attempt)
  return {
    agent,
    whyNot: deps.agents.whyNot(agent),
    // An agent that was never heard of before is asked to keep its memory under the session's own id.
    cursor:
      read?.turn === turn.turn ? read : { ...beginning, memory: { id: known ?? id, known: known !== null } },
    runDir,
    turnName: `${id}:${turn.turn}`,
    cwd: workspace,
    env: deps.environment,
    launch({ attempt, memory }) {
      const stateDir = deps.directories.agentState(id)
      mkdirSync(stateDir, { recursive: true, mode: 0o700 })
      return agent.launch({ ...turn.asked, permissionMode, memory, runDir: runDir(attempt), stateDir })
    },
  }
}

/** What the turn's first two events, `user` and `turn_start`, say. */
export async function readAsked(read: Log['readStore'], userId: number): Promise<Asked> {
  const page = await read(userId - 1, 1)
  const events =
    page === null
      ? []
      : eventTexts(page)
          .slice(0, 2)
          .map((text) => JSON.parse(text))
  return { prompt: String(events[0]?.text ?? ''), model: events[1]?.model ?? null }
}
