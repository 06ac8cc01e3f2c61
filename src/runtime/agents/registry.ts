/** The agents of this server by name, and whether each can run here. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
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

/** Where a program is, as execvp(3) would find it; null when it is nowhere. */
function findProgram(name: string, path: string): string | null {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : resolve(name)]
    : path.split(delimiter).map((dir) => join(dir || '.', name))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
