/** Everything that a turn's process is run with, put together from the session, its log and the server's settings. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AttachedFile } from '../machines/events.ts'
import type { Agent } from './agents/agent.ts'
import type { Agents } from './agents/registry.ts'
import type { Directories } from './directories.ts'
import { readAttached } from './files/attached.ts'
import { eventTexts } from './log/frames.ts'
import type { Log } from './log/log.ts'
import type { SessionRow } from './log/store.ts'
import { CGROUP_PREFIX } from './process/cgroup.ts'
import type { SpoolCursor, TurnContext } from './process/turn.ts'
import { makeWorkspace } from './workspace.ts'

/** What a turn was asked for: known when it is prompted, and read from the log when it is adopted. */
export type Asked = { prompt: string; model: string | null; attachments: AttachedFile[] }

type TurnSource = {
  row: SessionRow
  asked: Asked
  turn: number
  spool: unknown
  agentSessionId: string | null
  /** What the agent need not ask for any more, in its own form. */
  allowed: unknown[]
}

/**
 * Where a turn begins. An agent that was never heard of is asked to keep its memory under the session's own id.
 * @param source.run names the turn's run directories; nothing else was ever named so
 * @param source.boot under which start of the machine it begins
 */
export const beginTurn = (
  agent: Agent,
  source: Pick<TurnSource, 'row' | 'turn' | 'agentSessionId'> & { run: string; boot: string },
): SpoolCursor => {
  const { row, turn, agentSessionId, run, boot } = source
  return {
    ...{ turn, run, attempt: 0, boot, startedAt: null, offset: 0, state: agent.begin() },
    ...{ resumedAt: null, unsaid: null, stop: null, finished: null },
    memory: { id: agentSessionId ?? row.id, known: agentSessionId !== null },
  }
}

/**
 * @param turn.spool how far the session's newest turn was read; another turn than this one begins at its beginning
 * @param turn.agentSessionId under which the agent keeps its memory; null when it never said
 */
export function createTurnContext(
  deps: {
    agents: Agents
    directories: Directories
    environment: Record<string, string>
    workspaceRoots: readonly string[]
    /** Where turns' cgroups are made; null for none. */
    cgroupParent: string | null
    bootId: () => string
  },
  turn: TurnSource,
): TurnContext {
  const { id, permissionMode } = turn.row
  const agent = deps.agents.get(turn.row.agent)!
  const read = turn.spool as SpoolCursor | null
  const begun = beginTurn(agent, { ...turn, run: 'unknown', boot: deps.bootId() })
  // What an older version did not know of is as it was at the beginning.
  const cursor = read?.turn === turn.turn ? { ...begun, ...read } : begun
  const runDir = (attempt: number): string => deps.directories.run(id, runName(cursor, attempt))
  return {
    agent,
    // Looked up when it is asked: a context is made for every scan of a turn that is being stopped.
    get whyNot() {
      return deps.agents.whyNot(agent)
    },
    cursor,
    runDir,
    cgroup: (attempt) => ({
      parent: deps.cgroupParent,
      name: `${CGROUP_PREFIX}${id}.${runName(cursor, attempt)}`,
    }),
    turnName: turnNameOf(id, cursor),
    cwd: turn.row.workspace,
    env: deps.environment,
    launch({ attempt, memory }) {
      const stateDir = deps.directories.agentState(id)
      mkdirSync(stateDir, { recursive: true, mode: 0o700 })
      const workspace = makeWorkspace(turn.row, deps.workspaceRoots)
      if (workspace === null)
        throw new Error(`the workspace ${turn.row.workspace} is not there, or leads elsewhere`)
      const attachments = turn.asked.attachments.map((file) => ({
        ...file,
        path: join(workspace, file.path),
        read: (bytesMax: number) => readAttached(workspace, file, bytesMax),
      }))
      const { asked, allowed } = turn
      const place = { runDir: runDir(attempt), stateDir }
      return agent.launch({ ...asked, attachments, permissionMode, allowed, memory, ...place })
    },
  }
}

/** The name of one start's directory. */
const runName = ({ turn, run }: { turn: number; run: string }, attempt: number): string =>
  `${turn}.${attempt}.${run}`

/** The value of `BREAKGLASS_TURN`. */
export const turnNameOf = (id: string, { turn, run }: { turn: number | string; run: string }): string =>
  `${id}:${turn}:${run}`

/** What the turn's first two events, `user` and `turn_start`, say. */
export async function readAsked(read: Log['readStore'], userId: number): Promise<Asked> {
  const page = await read(userId - 1, 1)
  const events =
    page === null
      ? []
      : eventTexts(page)
          .slice(0, 2)
          .map((text) => JSON.parse(text))
  const [user, start] = events
  return {
    prompt: String(user?.text ?? ''),
    model: start?.model ?? null,
    attachments: user?.attachments ?? [],
  }
}
