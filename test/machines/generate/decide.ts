/** Which facts decide what comes of an event, where it depends on the context. */
import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from '../../../src/web/inspect/machines.ts'

type Found = { facts: string[]; outcome: Outcome }

/** @returns each outcome once, and when it is so; at most one goes without, for all other cases */
export function decide(found: Found[]): Outcome[] {
  const groups: { outcome: Outcome; members: Found[] }[] = []
  for (const one of found) {
    const group = groups.find(({ outcome }) => isDeepStrictEqual(outcome, one.outcome))
    if (group === undefined) groups.push({ outcome: one.outcome, members: [one] })
    else group.members.push(one)
  }
  const decided = groups.map((group) => ({ ...group, fact: decisive(group.members, found) }))
  const open = decided.filter(({ fact }) => fact === undefined)
  const whenOf = ({ members, fact }: (typeof decided)[number]): string | undefined =>
    open.length === 1 ? fact : (fact ?? members.map(({ facts }) => facts.join(', ')).join(' | '))
  return decided
    .map((group) => ({ when: whenOf(group), ...group.outcome }))
    .toSorted((a, b) => Number(a.when === undefined) - Number(b.when === undefined))
    .map(({ when, ...outcome }) => (when === undefined ? outcome : { when, ...outcome }))
}

/** The fact that all of the members share, and nobody else has. */
const decisive = (members: Found[], all: Found[]): string | undefined =>
  members.length === all.length
    ? undefined
    : members[0]!.facts.find((fact) => all.every((one) => one.facts.includes(fact) === members.includes(one)))
