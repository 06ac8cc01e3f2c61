/** A chart as SVG: the page paints it, and docs/ has it as files. Without JSX, so that Node can do it without a build. */
import { type ComponentChild, h } from 'preact'
import type { Box, Chart, Edge, Note } from './machines.ts'

export type Marks = {
  /** The ids of the states that are lit. None: the machine is drawn by itself, and nothing of it is pale. */
  lit: ReadonlySet<string>
  /** The ids of the transitions that were just taken. */
  taken: ReadonlySet<string>
  /** Which taking this is: another one is animated anew. */
  step: number | string
  /** The ids of the transitions that could be taken now. */
  possible: ReadonlySet<string>
}

export const UNMARKED: Marks = { lit: new Set(), taken: new Set(), step: 0, possible: new Set() }

const TEXT_INSET = 10
const CORNER = 5
const LINE_HEIGHT = 15

export function drawChart(
  { width, height, states, edges }: Chart,
  title: string,
  marks: Marks,
): ComponentChild {
  const edgeOf = new Map(edges.map((edge) => [edge.transition, edge]))
  const notes = states.flatMap((box) => box.notes.map((note) => ({ box, note })))
  const transitions = notes
    .flatMap(({ box, note }) => (note.transition === undefined ? [] : [{ box, note, id: note.transition }]))
    // What is drawn last lies on top.
    .sort((a, b) => prominence(a.id, marks) - prominence(b.id, marks))
  const size = { width, height, viewBox: `0 0 ${width} ${height}` }
  return h(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...size,
      role: 'img',
      'aria-label': title,
      class: chartClass(marks),
    },
    states.map((box) => drawState(box, marks)),
    transitions.map(({ box, note, id }) => drawTransition(id, box, note, edgeOf.get(id), marks)),
  )
}

const chartClass = ({ lit }: Marks): string => (lit.size === 0 ? 'machine' : 'machine live')

const prominence = (id: string, { taken, possible }: Marks): number =>
  taken.has(id) ? 2 : possible.has(id) ? 1 : 0

function drawState(
  { id, name, kind, isInitial, x, y, width, height, notes }: Box,
  { lit }: Marks,
): ComponentChild {
  const rect = (inset: number, className: string): ComponentChild =>
    h('rect', {
      class: className,
      ...{ x: x + inset, y: y + inset, width: width - 2 * inset, height: height - 2 * inset, rx: 8 - inset },
    })
  return h(
    'g',
    { key: id, 'data-id': id, class: `state ${kind}${lit.has(id) ? ' lit' : ''}` },
    rect(0, 'box'),
    kind === 'final' && rect(3, 'ring'),
    isInitial && drawBeginning(x, y),
    h('text', { class: 'name', x: x + TEXT_INSET, y: y + 18 }, name),
    notes.filter(({ transition }) => transition === undefined).map((note) => drawLines(x, note)),
  )
}

/** Of its parent's states this is the first. */
const drawBeginning = (x: number, y: number): ComponentChild =>
  h(
    'g',
    { class: 'beginning' },
    h('circle', { cx: x - 8, cy: y + 4, r: 3 }),
    h('path', { class: 'line', d: `M${x - 8} ${y + 4}V${y + 14}H${x - 4}` }),
    h('path', { class: 'head', d: `M${x} ${y + 14}l-5 -3v6z` }),
  )

function drawTransition(
  id: string,
  box: Box,
  note: Note,
  edge: Edge | undefined,
  marks: Marks,
): ComponentChild {
  const isTaken = marks.taken.has(id)
  const marked = `${marks.possible.has(id) ? ' possible' : ''}${isTaken ? ' taken' : ''}`
  const frame = {
    x: box.x + 5,
    y: note.y - 11,
    width: (edge?.from[0] ?? box.x + box.width) - box.x - 10,
    height: note.lines.length * LINE_HEIGHT,
  }
  const d = edge && pathOf(edge)
  return h(
    'g',
    { key: id, 'data-id': id, class: `transition${marked}` },
    isTaken && h('rect', { key: `flash ${marks.step}`, class: 'flash', rx: 4, ...frame }),
    edge && h('path', { class: 'line', d }),
    isTaken && edge && h('path', { key: `trace ${marks.step}`, class: 'trace', d, pathLength: 1 }),
    edge && h('path', { class: 'head', d: `M${edge.to[0]} ${edge.to[1]}l6 -3.5v7z` }),
    drawLines(box.x, note),
    edge && h('text', { class: 'to', x: edge.from[0] - TEXT_INSET + 2, y: note.y }, note.to),
  )
}

const drawLines = (x: number, { y, lines }: Note): ComponentChild =>
  h(
    'text',
    { key: y, class: 'note' },
    lines.map((line, index) =>
      h('tspan', { key: index, x: x + TEXT_INSET + indentOf(line), y: y + index * LINE_HEIGHT }, line.trim()),
    ),
  )

/** Blanks at the beginning of a line are not drawn. */
const indentOf = (line: string): number => (line.startsWith(' ') ? 12 : 0)

function pathOf({ from: [x1, y1], x, to: [x2, y2] }: Edge): string {
  const down = y2 > y1 ? CORNER : -CORNER
  return `M${x1} ${y1}H${x - CORNER}Q${x} ${y1} ${x} ${y1 + down}V${y2 - down}Q${x} ${y2} ${x - CORNER} ${y2}H${x2 + 5}`
}
