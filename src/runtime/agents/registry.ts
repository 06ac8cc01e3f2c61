/** The agents of this server by name, and whether each can run here. */
import { findProgram } from '../find-program.ts'
import type { Agent } from './agent.ts'
import { createClaudeAgent } from './claude.ts'
import { shellAgent } from './shell.ts'

export type AgentStatus = { name: string; available: boolean; path: string | null; reason: string | null }

/** @param options.claudeBin name or path of Claude's CLI; @param options.path where names are looked up */
export function createAgents(options: { claudeBin: string; path: string }) {
  const agents = new Map<string, Agent>(
    [createClaudeAgent(options.claudeBin), shellAgent].map((agent) => [agent.name, agent]),
  )

  const status = (agent: Agent): AgentStatus => {
    const path = findProgram(agent.program, options.path)
    const reason = path === null ? `${agent.program} was not found, or is not executable` : null
    return { name: agent.name, available: path !== null, path, reason }
  }

  return {
    get: (name: string): Agent | undefined => agents.get(name),
    /** Why the agent cannot run; null when it can. */
    whyNot: (agent: Agent): string | null => status(agent).reason,
    list: (): AgentStatus[] => [...agents.values()].map(status),
    /** Claude where it is installed, else the shell. */
    defaultName: (): string => (status(agents.get('claude')!).available ? 'claude' : 'shell'),
  }
}

export type Agents = ReturnType<typeof createAgents>
