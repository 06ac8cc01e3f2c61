/** An actor's context at any step, from what it was at one moment and what each step changed. Pure. */
import type { ActorId, Step } from '../../../client/index.ts'

type Context = Record<string, unknown>

/**
 * @param index of the step that was just taken; -1: none was yet
 * @param known what it was before the step with the number `seq`
 */
export function contextAt(
  steps: readonly Step[],
  index: number,
  id: ActorId,
  known: { context: Context; seq: number },
): Context {
  const context = { ...known.context }
  const set = (field: string, value: unknown): void => {
    if (value === undefined) delete context[field]
    else context[field] = value
  }
  const own = (step: Step): boolean => step.to === id
  for (const { seq, changes } of steps.slice(0, index + 1).filter(own))
    if (seq >= known.seq) for (const { field, after } of changes) set(field, after)
  for (const { seq, changes } of steps
    .slice(index + 1)
    .filter(own)
    .toReversed())
    if (seq < known.seq) for (const { field, before } of changes) set(field, before)
  return context
}
