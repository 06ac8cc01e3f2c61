/**
 * Whether an Idempotency-Key stands for one request: one effect and one answer, however often it is sent; and under the
 * same key, nothing else.
 */
import { isDeepStrictEqual } from 'node:util'
import type { EntryOf, History } from './history.ts'
import { actsAnyway, isAccepted, isRefused, type Wish, wishesOf } from './requests.ts'

export function checkIdempotency(history: History): string[] {
  const keys = Map.groupBy(
    wishesOf(history).filter(({ wish }) => wish.key !== undefined),
    ({ wish }) => `${wish.session} ${wish.key}`,
  )
  return [...keys].flatMap(([key, wishes]) => [
    ...wishes.flatMap((wish) => checkOne(wish)),
    ...checkOthers(history, key, wishes),
  ])
}

function checkOne({ wish, requests, traces }: Wish): string[] {
  const answers = requests.flatMap(({ answer }) => (isAccepted(answer) ? [answer!.answer] : []))
  const violations: string[] = []
  if (traces.length > 1) violations.push(`${wish.wish}: one key had ${traces.length} effects`)
  if (answers.some((answer) => !isDeepStrictEqual(answer, answers[0])))
    violations.push(`${wish.wish}: one key had the answers ${JSON.stringify(answers)}`)
  return violations
}

/** The key is taken, or lived no longer than its session; or nothing can be stored. */
const isNoUse = ({ status, answer }: EntryOf<'answered'>): boolean =>
  status === 422 || status >= 500 || answer === 'session_not_found'

function checkOthers(history: History, key: string, wishes: Wish[]): string[] {
  const violations: string[] = []
  const effective = wishes.filter(({ wish, requests, traces }) => {
    if (requests.some(({ answer }) => isAccepted(answer))) return true
    // What acts and cannot be stored is refused all the same, and its key free.
    return traces.length > 0 && !(actsAnyway(wish) && requests.some(({ answer }) => isRefused(answer)))
  })
  if (effective.length > 1)
    violations.push(`${key}: stands for ${effective.map(({ wish }) => wish.wish).join(' and ')}`)
  // Once it has been answered, the key is taken: whatever else comes under it is told so.
  for (const taken of wishes) {
    const since = Math.min(
      ...taken.requests.map(({ answer }) => (isAccepted(answer) ? history.indexOf(answer!) : Infinity)),
    )
    for (const { requests } of wishes.filter((other) => other !== taken))
      for (const { asked, answer } of requests)
        if (answer !== null && history.indexOf(asked) > since && !isNoUse(answer))
          violations.push(
            `${key}: request ${asked.request} had another body, and was answered ${answer.status}`,
          )
  }
  return violations
}
