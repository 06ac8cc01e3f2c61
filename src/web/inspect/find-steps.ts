/** Steps by what is in them: who, what, from which state to which, and what was done. */
import type { Step } from '../../client/index.ts'
import { actionsOf } from './machines.ts'

/** @returns the indices of those that have all words of the filter in them; all, when it is empty */
export function findSteps(steps: readonly Step[], filter: string): number[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...steps.keys()]
  return steps.flatMap((step, index) => {
    const text = textOf(step).toLowerCase()
    return words.every((word) => text.includes(word)) ? [index] : []
  })
}

const textOf = (step: Step): string =>
  [
    ...[step.from, step.to, JSON.stringify(step.event)],
    ...[...step.before, ...step.after, ...step.taken, ...step.actions, ...actionsOf(step)],
  ].join(' ')
