/**
 * Lists of rows that grow at their ends: the conversation's own, and one in each tool that a subagent works for. A change
 * deep inside makes another object of every row above it.
 */
import type { Row, ToolRow } from './row.ts'

export type Place = { list: Row[]; index: number }

type NewTool = Omit<ToolRow, 'type' | 'inside' | 'insideCount'>

export type Branches = ReturnType<typeof createBranches>

/** @param rows the conversation's own list */
export function createBranches(rows: Row[]) {
  /** Where each tool's row stands, by the tool's use, and by the list inside of it. */
  const places = new Map<string, Place>()
  const owners = new Map<Row[], Place>()

  const replace = (place: Place, row: Row): void => {
    place.list[place.index] = row
    touch(place.list)
  }

  const touch = (list: Row[]): void => {
    const owner = owners.get(list)
    if (owner === undefined) return
    const row = owner.list[owner.index] as ToolRow
    replace(owner, { ...row, insideCount: list.length })
  }

  const pushTo = (list: Row[], row: Row): Place => {
    const place = { list, index: list.push(row) - 1 }
    touch(list)
    return place
  }

  const pushTool = (list: Row[], toolUseId: string, row: NewTool): Place => {
    const inside: Row[] = []
    const place = pushTo(list, { type: 'tool', ...row, inside, insideCount: 0 })
    owners.set(inside, place)
    places.set(toolUseId, place)
    return place
  }

  /** Of a subagent whose tool's use lies before what is here, there is a row that knows no more. */
  const listOf = (parent: string | undefined): Row[] => {
    if (parent === undefined) return rows
    const place = places.get(parent) ?? pushTool(rows, parent, { ...UNKNOWN_TOOL, key: `u${parent}` })
    return (place.list[place.index] as ToolRow).inside as Row[]
  }

  return {
    replace,
    push: (parent: string | undefined, row: Row): Place => pushTo(listOf(parent), row),
    pushTool: (parent: string | undefined, toolUseId: string, row: NewTool): Place =>
      pushTool(listOf(parent), toolUseId, row),
    end(parent: string | undefined): { list: Row[]; last: Row | undefined } {
      const list = listOf(parent)
      return { list, last: list.at(-1) }
    },
    /** Takes away the last of a list. */
    pop(list: Row[]): void {
      list.pop()
      touch(list)
    },
    placeOf: (toolUseId: string): Place | undefined => places.get(toolUseId),
    toolAt: ({ list, index }: Place): ToolRow => list[index] as ToolRow,
  }
}

export const UNKNOWN_TOOL: Omit<NewTool, 'key'> = {
  ...{ at: null, state: 'running', use: null, description: '', result: null, resolution: null },
}
