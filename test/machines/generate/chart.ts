/**
 * Where everything of a chart is drawn: one column of states, one inside the other, that is as wide as a phone; and
 * beside it the tracks on which transitions run. A state has one track, which all that lead to it share.
 */
import type { Box, Chart, Edge, Note, Transition } from '../../../src/web/inspect/machines.ts'
import type { StateNode } from './definition.ts'

const COLUMN = 318
const MARGIN = 4
const INDENT = 15
const RIGHT_INDENT = 5
const TEXT_INSET = 10
const NAME_HEIGHT = 27
/** Of the font in which all but names are set; measured, of the widest that phones have. */
const CHARACTER = 6.65
const LINE_HEIGHT = 15
const GAP = 10
const TRACK = 8
/** How far above a baseline the middle of its letters is. */
const MIDDLE = 4

type Placed = Box & { depth: number }

export function layOut(nodes: StateNode[], transitions: Transition[]): Chart {
  const boxes = placeBoxes(nodes, transitions)
  const { edges, tracks } = routeEdges(boxes, transitions)
  const [root] = boxes as [Placed]
  root.width += tracks * TRACK + GAP
  const states = boxes.map(({ depth: _, ...box }) => box)
  return { width: root.width + 2 * MARGIN, height: root.height + 2 * MARGIN, states, edges }
}

function placeBoxes(nodes: StateNode[], transitions: Transition[]): Placed[] {
  const boxes: Placed[] = []
  const nameOf = (id: string): string => nodes.find((node) => node.id === id)!.name
  const place = (node: StateNode, depth: number, top: number): number => {
    const x = MARGIN + depth * INDENT
    const width = COLUMN - depth * RIGHT_INDENT - x
    const columns = Math.floor((width - 2 * TEXT_INSET) / CHARACTER)
    const isInitial = nodes.some(({ initial }) => initial === node.id)
    const own = transitions.filter(({ source }) => source === node.id)
    const notes = stack(top + NAME_HEIGHT, [
      ...notesOf(node).map((text) => ({ lines: wrap(text, columns) })),
      ...own.map((transition) => noteOf(transition, columns, nameOf)),
    ])
    const box = { id: node.id, name: node.name, kind: kindOf(node), isInitial }
    const placed: Placed = { ...box, x, y: top, width, height: 0, notes, depth }
    boxes.push(placed)
    const children = nodes.filter(({ parent }) => parent === node.id)
    const lines = notes.reduce((sum, note) => sum + note.lines.length, 0)
    let bottom = top + NAME_HEIGHT + lines * LINE_HEIGHT + (lines > 0 ? GAP / 2 : 0)
    for (const child of children) bottom = place(child, depth + 1, bottom) + GAP
    placed.height = bottom - top
    return bottom
  }
  place(nodes[0]!, 0, MARGIN)
  return boxes
}

const kindOf = ({ parent, initial, isFinal }: StateNode): Box['kind'] => {
  if (parent === null) return 'root'
  if (initial !== null) return 'compound'
  return isFinal ? 'final' : 'state'
}

const notesOf = ({ invokes, entry, exit }: StateNode): string[] => [
  ...invokes.map((id) => `invokes ${id}`),
  ...(entry.length > 0 ? [`entry / ${entry.join(', ')}`] : []),
  ...(exit.length > 0 ? [`exit / ${exit.join(', ')}`] : []),
]

type Unplaced = Omit<Note, 'y'>

function noteOf(
  { id, source, label, guard, target, reenters, actions }: Transition,
  columns: number,
  nameOf: (id: string) => string,
): Unplaced {
  const what = [label, ...(guard === undefined ? [] : [`[${guard}]`])].join(' ')
  if (target !== undefined && target !== source) {
    const to = nameOf(target)
    return { transition: id, to, lines: wrap(what, columns, to.length + 1) }
  }
  const text = `${reenters ? '↻ ' : ''}${what}${does(actions, reenters)}`
  return { transition: id, lines: wrap(text, columns) }
}

/** What neither leads anywhere nor does anything is there to keep the parents from it. */
const does = (actions: string[] | undefined, reenters: boolean | undefined): string => {
  if (actions !== undefined) return ` / ${actions.join(', ')}`
  return reenters ? '' : ' / nothing'
}

/** @param taken so many characters at the end of the first line are not free */
function wrap(text: string, columns: number, taken = 0): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const room = columns - (lines.length === 0 ? taken : 0)
    if (line.length + 1 + word.length > room) {
      lines.push(line)
      line = `  ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function stack(top: number, notes: Unplaced[]): Note[] {
  let y = top + LINE_HEIGHT - MIDDLE
  return notes.map((note) => {
    const placed = { y, ...note }
    y += note.lines.length * LINE_HEIGHT
    return placed
  })
}

/** Tracks of which no two overlap share a place; the shorter one is, the nearer it lies to the states. */
function routeEdges(boxes: Placed[], transitions: Transition[]): { edges: Edge[]; tracks: number } {
  const leading = boxes
    .flatMap((box) => box.notes.map((note) => ({ box, note })))
    .filter(({ note }) => note.to)
  const targetOf = new Map(transitions.map(({ id, target }) => [id, target]))
  const spans = boxes.flatMap((target) => {
    const notes = leading.filter(({ note }) => targetOf.get(note.transition!) === target.id)
    const to: [number, number] = [target.x + target.width, target.y + NAME_HEIGHT / 2]
    const ys = [to[1], ...notes.map(({ note }) => note.y - MIDDLE)]
    return notes.length === 0 ? [] : [{ notes, to, top: Math.min(...ys), bottom: Math.max(...ys) }]
  })
  const tracks: (typeof spans)[] = []
  for (const span of spans.toSorted((a, b) => a.bottom - a.top - (b.bottom - b.top))) {
    const isFree = (track: typeof spans): boolean =>
      track.every(({ top, bottom }) => span.bottom + TRACK < top || bottom + TRACK < span.top)
    const free = tracks.find(isFree)
    if (free === undefined) tracks.push([span])
    else free.push(span)
  }
  const edges = tracks.flatMap((spans, index) =>
    spans.flatMap(({ notes, to }) =>
      notes.map(({ box, note }): Edge => {
        const from: [number, number] = [box.x + box.width, note.y - MIDDLE]
        return { transition: note.transition!, from, x: COLUMN + (index + 1) * TRACK, to }
      }),
    ),
  )
  return { edges, tracks: tracks.length }
}
