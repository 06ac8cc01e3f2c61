import { expect, test } from 'vitest'
import { drawChart, type Marks, UNMARKED } from '../../../src/web/inspect/draw.ts'
import { MACHINES } from '../../../src/web/inspect/machines.ts'
import { writeSvg } from '../../machines/generate/svg.ts'

const { chart } = MACHINES.session
const draw = (marks: Partial<Marks>): string =>
  writeSvg(drawChart(chart, 'a chart', { ...UNMARKED, ...marks }))
const classesOf = (svg: string): Record<string, string> =>
  Object.fromEntries([...svg.matchAll(/data-id="(.+?)" class="(.+?)"/g)].map(([, id, name]) => [id, name]))

test('A machine by itself is drawn whole, with nothing lit and nothing pale', () => {
  const svg = draw({})
  const transitions = chart.states.flatMap(({ notes }) => notes.flatMap(({ transition }) => transition ?? []))
  expect(Object.keys(classesOf(svg)).sort()).toEqual(
    [...chart.states.map(({ id }) => id), ...transitions].sort(),
  )
  expect(svg).toContain('class="machine"')
  expect(Object.values(classesOf(svg)).join(' ')).not.toMatch(/lit|possible|taken/)
})

test('What is lit, what is possible and what was just taken is marked', () => {
  const svg = draw({
    lit: new Set(['session', 'session.turn', 'session.turn.running']),
    possible: new Set(['session.turn.running/CANCEL/0']),
    taken: new Set(['session.idle/PROMPT/0']),
  })
  expect(svg).toContain('class="machine live"')
  expect(classesOf(svg)).toMatchObject({
    'session.idle': 'state state',
    'session.turn': 'state compound lit',
    'session.turn.running': 'state state lit',
    'session.turn.running/CANCEL/0': 'transition possible',
    'session.idle/PROMPT/0': 'transition taken',
    'session.idle/ADOPT/1': 'transition',
  })
})

test('What was just taken lies on top, and what is possible below it', () => {
  const possible = new Set(['session.idle/ADOPT/0', 'session.idle/ADOPT/1'])
  const ids = Object.keys(classesOf(draw({ possible, taken: new Set(['session.idle/PROMPT/0']) })))
  expect(ids.slice(-3)).toEqual(['session.idle/ADOPT/0', 'session.idle/ADOPT/1', 'session.idle/PROMPT/0'])
})

test('A name that is markup is text in a file', () => {
  expect(writeSvg(drawChart(chart, '"<b>&', UNMARKED))).toContain('aria-label="&quot;&lt;b>&amp;"')
})
