/** A machine's chart, in a box that follows what is lit. */
import { useEffect, useRef } from 'preact/hooks'
import { drawChart } from '../draw.ts'
import { MACHINES, type MachineName } from '../machines.ts'

type Props = {
  machine: MachineName
  /** The ids of the states that are lit, outermost first. None: the machine is not running. */
  lit: readonly string[]
  /** The ids of the transitions that were just taken. */
  taken: Iterable<string>
  /** The ids of the transitions that could be taken now. */
  possible: Iterable<string>
  /** Which step it is: another one is animated anew. */
  step: number | string
}

export function Chart({ machine, lit, taken, possible, step }: Props) {
  const box = useRef<HTMLElement>(null)
  const innermost = lit.at(-1)
  useEffect(() => {
    if (innermost !== undefined) follow(box.current!, innermost)
  }, [innermost])
  const marks = { lit: new Set(lit), taken: new Set(taken), possible: new Set(possible), step }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="chart" ref={box} aria-label={`Chart of the ${machine} machine`} tabIndex={0}>
      {drawChart(MACHINES[machine].chart, describe(machine, lit), marks)}
    </section>
  )
}

const describe = (machine: MachineName, lit: readonly string[]): string => {
  const { states } = MACHINES[machine].chart
  const names = states.filter(({ id, kind }) => kind !== 'root' && lit.includes(id)).map(({ name }) => name)
  return `The ${machine} machine ${names.length === 0 ? 'is not running' : `is in ${names.join(', ')}`}`
}

/** Moves the box and nothing else: what is read beside it stays where it is. */
function follow(box: HTMLElement, id: string): void {
  const state = box.querySelector(`[data-id="${CSS.escape(id)}"] > .box`)
  if (state === null) return
  const [frame, wanted] = [box.getBoundingClientRect(), state.getBoundingClientRect()]
  const isSeen = wanted.top >= frame.top && wanted.bottom <= frame.bottom
  if (!isSeen) box.scrollTop += wanted.top - frame.top - (frame.height - wanted.height) / 2
}
