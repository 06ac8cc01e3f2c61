/**
 * Whether what a reader is shown of a block that is being written is what the agent writes: from its beginning, without
 * a gap, never behind the finished block; and, when all has arrived, all of it.
 */
import type { AttachItem } from '../../src/client/index.ts'
import { type History, isLost } from './history.ts'

type View = { session: string; caughtUp: boolean; blocks: Map<number, string>; finished: Set<number> }
type Agent = { session: string; turn: number; writing: string; texts: Set<string> }

export function checkPartials(history: History): string[] {
  const views = new Map<string, View>()
  const agents = new Map<number, Agent>()
  const written = (session: string): string[] =>
    [...agents.values()].flatMap((agent) => (agent.session === session ? [...agent.texts] : []))

  return history.flatMap((entry) => {
    switch (entry.type) {
      case 'spawned':
        agents.set(entry.agent, { session: entry.session, turn: entry.turn, writing: '', texts: new Set() })
        return []
      case 'wrote': {
        const agent = agents.get(entry.agent)!
        agent.texts.add(entry.text)
        agent.writing = entry.finished ? '' : entry.text
        return []
      }
      case 'stored':
        // Until then it is unfinished, though the agent may be gone.
        if (entry.events.some(({ kind }) => kind === 'turn_end'))
          for (const agent of agents.values()) if (agent.session === entry.session) agent.writing = ''
        return []
      case 'gaveUp':
      case 'concluded':
        agents.get(entry.agent)!.writing = ''
        return []
      case 'attached': {
        const { session } = entry
        views.set(entry.stream, { session, caughtUp: false, blocks: new Map(), finished: new Set() })
        return []
      }
      case 'received': {
        const view = views.get(entry.stream)!
        const what = advance(view, entry.item, written(view.session))
        return what === null ? [] : [`${entry.stream}: ${what}`]
      }
      case 'rest':
        return entry.streams.flatMap((stream) => {
          const { session, blocks } = views.get(stream)!
          const due = [...agents.values()].flatMap((agent) =>
            agent.session === session && agent.writing !== '' ? [agent.writing] : [],
          )
          // Nobody need read on what has no supervisor, until its turn has ended.
          const ofSession = [...agents.values()].filter((agent) => agent.session === session)
          if (ofSession.some((agent) => agent.writing !== '' && isLost(history, agent))) return []
          const shown = [...blocks.values()]
          if (JSON.stringify(shown) === JSON.stringify(due)) return []
          return [`${stream}: shows ${JSON.stringify(shown)}, and ${JSON.stringify(due)} is being written`]
        })
      default:
        return []
    }
  })
}

/** Moves the view, and says what is wrong with that. */
function advance(view: View, item: AttachItem, written: string[]): string | null {
  switch (item.type) {
    case 'caught-up':
      view.caughtUp = true
      // What an older connection said is forgotten here.
      view.blocks.clear()
      return null
    case 'reset':
      view.caughtUp = false
      return null
    case 'event': {
      const { event } = item
      if (event.kind === 'user' || event.kind === 'turn_end') {
        view.blocks.clear()
        view.finished.clear()
      }
      if (event.kind !== 'text') return null
      const shown = view.blocks.get(event.block) ?? ''
      view.blocks.delete(event.block)
      view.finished.add(event.block)
      return event.text.startsWith(shown) ? null : `showed "${shown}" of what became "${event.text}"`
    }
    case 'partial':
      return advanceBlock(view, item, written)
  }
}

function advanceBlock(view: View, item: AttachItem & { type: 'partial' }, written: string[]): string | null {
  const { block, offset } = item
  if (!view.caughtUp) return `is shown block ${block} before it has caught up`
  if (view.finished.has(block)) return `is shown block ${block} after it was finished`
  const before = view.blocks.get(block) ?? ''
  if (offset > before.length)
    return `is shown block ${block} from ${offset} on, and has ${before.length} of it`
  const text = before.slice(0, offset) + item.text
  if (text === '') view.blocks.delete(block)
  else view.blocks.set(block, text)
  return written.some((whole) => whole.startsWith(text)) || text === ''
    ? null
    : `shows "${text}", which nobody wrote`
}
