/** What a turn has cost, over all that its agent said of it: one with subagents in the background says it more than once. */
import type { Event } from '../../client/index.ts'
import type { EndRow } from './row.ts'

export function createTurnSum() {
  let usage: EndRow['usage'] = null
  // Of a turn whose beginning is not here, something was said for all that is known.
  let isSilent = false
  return {
    begin(): void {
      usage = null
      isSilent = true
    },
    said(): void {
      isSilent = false
    },
    /** @returns whether its text is the first thing that is said in this turn */
    add(result: Extract<Event, { kind: 'result' }>): boolean {
      usage = {
        inputTokens: (usage?.inputTokens ?? 0) + result.usage.inputTokens,
        outputTokens: (usage?.outputTokens ?? 0) + result.usage.outputTokens,
        costUsd: (usage?.costUsd ?? 0) + result.costUsd,
      }
      const isFirst = isSilent && !result.isError && result.text !== ''
      isSilent &&= !isFirst
      return isFirst
    },
    end(): EndRow['usage'] {
      const sum = usage
      usage = null
      return sum
    },
  }
}
