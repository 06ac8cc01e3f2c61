/** What became of each tool that the agent used: its approval, its result, or the end of its turn. */
import type { Event } from '../../client/index.ts'
import { type Branches, type Place, UNKNOWN_TOOL } from './branches.ts'
import type { ToolRow } from './row.ts'

type EventOf<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>

export function createTools(branches: Branches) {
  /** Those that wait for an answer, by approval; and those of this turn that have no result. */
  const asking = new Map<string, Place>()
  let open = new Set<Place>()

  const change = (place: Place, changes: Partial<ToolRow>): void =>
    branches.replace(place, { ...branches.toolAt(place), ...changes })

  /** The row of a use, made if there is none. */
  const placeOf = (toolUseId: string, parent: string | undefined, key: string): Place =>
    branches.placeOf(toolUseId) ?? branches.pushTool(parent, toolUseId, { ...UNKNOWN_TOOL, key })

  return {
    isKnown(toolUseId: string | undefined): boolean {
      const place = toolUseId === undefined ? undefined : branches.placeOf(toolUseId)
      return place !== undefined && branches.toolAt(place).use !== null
    },
    use({ toolUseId, name, input, parent, at, id }: EventOf<'tool_use'>): void {
      const place = placeOf(toolUseId, parent, `e${id}`)
      change(place, { use: { name, input }, at })
      open.add(place)
    },
    ask({ approvalId, toolUseId, toolName, input, description, at, id }: EventOf<'approval'>): void {
      const place = placeOf(toolUseId, undefined, `e${id}`)
      const { use, at: usedAt } = branches.toolAt(place)
      change(place, { state: 'asked', description, use: use ?? { name: toolName, input }, at: usedAt ?? at })
      asking.set(approvalId, place)
      open.add(place)
    },
    /** @returns false when what was asked lies before what is here */
    resolve(event: EventOf<'approval_resolved'>): boolean {
      const place = asking.get(event.approvalId)
      if (place === undefined) return false
      asking.delete(event.approvalId)
      const { use } = branches.toolAt(place)
      const input = event.updatedInput ?? use!.input
      change(place, {
        state: event.decision === 'allow' ? 'running' : 'denied',
        resolution: event,
        use: { name: use!.name, input },
      })
      return true
    },
    result({ toolUseId, parent, text, isError, bytes, truncated, at, id }: EventOf<'tool_result'>): void {
      const place = placeOf(toolUseId, parent, `e${id}`)
      const { state } = branches.toolAt(place)
      change(place, {
        state: state === 'denied' ? 'denied' : isError ? 'failed' : 'done',
        result: { text, isError, bytes, at, ...(truncated && { truncated }) },
      })
      open.delete(place)
    },
    /** The turn is over: what has no result gets none. */
    end(): void {
      for (const place of open)
        if (branches.toolAt(place).state !== 'denied') change(place, { state: 'unfinished' })
      open = new Set()
      asking.clear()
    },
  }
}
