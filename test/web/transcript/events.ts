/** Events by what they say alone, and a long log of all kinds that is always the same. */
import type { Event } from '../../../src/client/index.ts'

type WithoutBase<E> = E extends unknown ? Omit<E, 'id' | 'at' | 'turn'> : never
export type Said = WithoutBase<Event>

const START = Date.parse('2026-01-01T12:00:00.000Z')

export const eventsOf = (said: readonly Said[]): Event[] =>
  said.map((what, id) => ({ ...what, id, at: new Date(START + id * 1_000).toISOString(), turn: 1 }) as Event)

/** Turns in which an agent thinks, speaks, works and lets a subagent work. */
export function longLog(count: number): Event[] {
  const said: Said[] = []
  for (let turn = 1; said.length < count; turn++) {
    const task = `task ${turn}`
    said.push({ kind: 'user', text: `prompt ${turn}` }, { kind: 'turn_start', agent: 'claude', model: null })
    for (let step = 0; step < 5; step++) {
      const toolUseId = `use ${turn}.${step}`
      const parent = step > 2 ? { parent: task } : {}
      if (step === 3) said.push({ kind: 'tool_use', toolUseId: task, name: 'Task', input: { prompt: 'p' } })
      said.push(
        { kind: 'thinking', text: `I think ${step}`, block: step * 2, ...parent },
        { kind: 'tool_use', toolUseId, name: 'Bash', input: { command: `echo ${step}` }, ...parent },
        {
          kind: 'tool_result',
          toolUseId,
          text: `${step}\n`.repeat(step * 10),
          isError: false,
          bytes: 1,
          ...parent,
        },
        { kind: 'text', text: `Step **${step}** of \`${turn}\``, block: step * 2 + 1, ...parent },
      )
    }
    said.push(
      { kind: 'tool_result', toolUseId: task, text: 'done', isError: false, bytes: 4 },
      { kind: 'notice', level: 'info', code: 'agent_note', text: 'note' },
      { kind: 'turn_end', outcome: 'completed', exitCode: 0, signal: null, survivors: 0 },
    )
  }
  let turn = 0
  return eventsOf(said.slice(0, count)).map((event) => {
    if (event.kind === 'user') turn++
    return { ...event, turn }
  })
}
