/**
 * Whether agents ran as they should: one at a time in a session, only for a turn that was on record, once for each turn
 * unless the log says why, and none when the turn has ended.
 */
import type { Event } from '../../src/machines/events.ts'
import { type History, logOf } from './history.ts'

/** What the log says of an agent that is started once more. */
const AGAIN = new Set(['agent_memory_lost', 'agent_session_taken'])

export function checkProcesses(history: History): string[] {
  const alive = new Map<number, string>()
  const started = new Map<string, number>()
  const opened = new Set<string>()
  return history.flatMap((entry) => {
    switch (entry.type) {
      case 'stored': {
        const { session } = entry
        for (const event of entry.events) if (event.kind === 'user') opened.add(`${session} ${event.turn}`)
        const ends = entry.events.some(({ kind }) => kind === 'turn_end')
        const left = [...alive].flatMap(([agent, of]) => (of === session ? [agent] : []))
        return ends && left.length > 0 ? [`${session}: a turn ended, and agent ${left[0]} is alive`] : []
      }
      case 'spawned': {
        const { session, agent, turn } = entry
        const name = `${session} ${turn}`
        const violations: string[] = []
        if ([...alive.values()].includes(session))
          violations.push(`${session}: agent ${agent} was started while another was alive`)
        if (!opened.has(name)) violations.push(`${name}: its agent was started before it was on record`)
        started.set(name, (started.get(name) ?? 0) + 1)
        if (started.get(name)! > 1 + restartsOf(logOf(history, session), turn))
          violations.push(`${name}: its agent was started once more`)
        alive.set(agent, session)
        return violations
      }
      case 'exited':
        alive.delete(entry.agent)
        return []
      case 'rest':
        return entry.over ? [...alive].map(([agent, of]) => `${of}: agent ${agent} was left alive`) : []
      default:
        return []
    }
  })
}

const restartsOf = (log: Event[], of: number): number =>
  log.filter((event) => event.turn === of && event.kind === 'notice' && AGAIN.has(event.code)).length
