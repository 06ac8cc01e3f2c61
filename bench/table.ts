/** Results as a table: Markdown, which reads well at a terminal too. */
import type { Judged, Measured } from './measure.ts'

const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** What the target compares with; where it names nobody, all that was measured beside. */
function theirs({ target, others, digits }: Judged): string {
  const named = Object.entries(others).filter(([name]) => target.endsWith(`× ${name}`))
  const shown = named.length > 0 ? named : Object.entries(others)
  return shown.map(([, value]) => number(value, digits)).join(' · ')
}

const rowOf = (measured: Measured, figure: Judged): string =>
  [
    measured.size === 1 ? measured.title : `${measured.title}, ×${measured.size}`,
    `${figure.figure}, ${figure.unit}`.replace(', /s', ''),
    number(figure.ours, figure.digits),
    theirs(figure) || '–',
    figure.ratio === null ? '–' : number(figure.ratio, 2),
    figure.target,
    figure.met ? 'yes' : '**no**',
  ].join(' | ')

/** @param results in the order in which they are to stand there */
export function table(results: readonly Measured[]): string {
  const rows = results.flatMap((measured) =>
    measured.figures.map((figure) => `| ${rowOf(measured, figure)} |`),
  )
  return [
    '| work | figure | breakglass | against | ratio | target | met |',
    '|---|---|--:|--:|--:|---|---|',
    ...rows,
  ].join('\n')
}
