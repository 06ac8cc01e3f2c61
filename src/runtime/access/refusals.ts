/**
 * Refusals on their way into the audit. Whoever is refused can be so as often as he likes: the first of a kind is
 * recorded at once, and what follows within a minute is one record with a count.
 */
import { LIMITS } from '../limits.ts'
import type { Audited } from './audit.ts'

export type Refusal = { address: string; outcome: string }

/** @param record what is known of a kind of refusals, and how many there were */
export function createRefusals(record: (entry: Audited) => void) {
  /** How many of each kind came behind the first. */
  const behind = new Map<string, { refusal: Refusal; count: number }>()
  let timer: NodeJS.Timeout | undefined

  const entryOf = ({ address, outcome }: Refusal, count: number): Audited => ({
    ...{ caller: 'nobody', deviceId: null, action: 'request', target: null },
    ...{ address, outcome, count },
  })

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    for (const { refusal, count } of behind.values()) if (count > 0) record(entryOf(refusal, count))
    behind.clear()
  }

  return {
    add(given: Refusal): void {
      const isKept = behind.has(keyOf(given)) || behind.size < LIMITS.auditAddressesMax
      const refusal = isKept ? given : { ...given, address: 'others' }
      const known = behind.get(keyOf(refusal))
      if (known) known.count++
      else {
        behind.set(keyOf(refusal), { refusal, count: 0 })
        record(entryOf(refusal, 1))
      }
      timer ??= setTimeout(flush, LIMITS.auditRefusalsMs).unref()
    },
    /** Records what was counted so far. */
    flush,
  }
}

const keyOf = ({ address, outcome }: Refusal): string => `${outcome} ${address}`
