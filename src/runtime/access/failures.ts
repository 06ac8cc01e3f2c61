/**
 * What failed, or was refused, on its way into the audit. Whoever fails can do so as often as he likes: the first of a
 * kind is recorded at once, and what follows within a minute is one record with a count.
 */
import { LIMITS } from '../limits.ts'
import type { Audited } from './access-store.ts'

type Kind = { failure: Audited; count: number }

/** @param record what is known of a kind of failures, and how many there were; fulfilled when that is on record */
export function createFailures(record: (entry: Audited & { count: number }) => Promise<void>) {
  /** How many of each kind came behind the first. By caller: strangers must not use up what is for those who are in. */
  const behind = new Map<string, Map<string, Kind>>()
  let timer: NodeJS.Timeout | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    for (const kinds of behind.values())
      for (const { failure, count } of kinds.values()) if (count > 0) void record({ ...failure, count })
    behind.clear()
  }

  return {
    async add(given: Audited): Promise<void> {
      timer ??= setTimeout(flush, LIMITS.auditFailuresMs).unref()
      const kinds = behind.get(given.caller) ?? new Map<string, Kind>()
      behind.set(given.caller, kinds)
      const isKept = kinds.has(keyOf(given)) || kinds.size < LIMITS.auditKindsMax
      const failure = isKept ? given : { ...given, address: 'others', target: null }
      const known = kinds.get(keyOf(failure))
      if (known) {
        known.count++
        return
      }
      kinds.set(keyOf(failure), { failure, count: 0 })
      await record({ ...failure, count: 1 })
    },
    /** Records what was counted so far. */
    flush,
  }
}

const keyOf = ({ deviceId, address, action, outcome, target }: Audited): string =>
  JSON.stringify([deviceId, address, action, outcome, target])
