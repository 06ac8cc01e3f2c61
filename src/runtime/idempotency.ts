/** The same key is the same request: it has one effect, and one answer. Failures are not remembered. */
import { CodedError } from './errors.ts'
import type { Remembered } from './log/store.ts'

export type IdempotencyKey = { key: string; bodyHash: string }

/** @param recall finds an answer that was stored together with its effect */
export function createIdempotency(recall: (key: string) => Promise<Remembered | null>) {
  /** Requests that are being answered: their answer is not in the store yet. */
  const underWay = new Map<string, { bodyHash: string; answer: Promise<unknown> }>()

  const checkSame = (before: { bodyHash: string }, now: IdempotencyKey): void => {
    if (before.bodyHash !== now.bodyHash) throw new CodedError('idempotency_key_reused')
  }

  return {
    /**
     * @param request none: every time is the first
     * @param act must store its answer under the key, in one transaction with its effect
     */
    async once<T>(request: IdempotencyKey | undefined, act: () => Promise<T>): Promise<T> {
      if (request === undefined) return act()
      const before = underWay.get(request.key)
      if (before) {
        checkSame(before, request)
        return before.answer as Promise<T>
      }
      const answer = (async () => {
        const remembered = await recall(request.key)
        if (remembered === null) return act()
        checkSame(remembered, request)
        return remembered.answer as T
      })()
      underWay.set(request.key, { bodyHash: request.bodyHash, answer })
      try {
        return await answer
      } finally {
        underWay.delete(request.key)
      }
    },
  }
}

export type Idempotency = ReturnType<typeof createIdempotency>
