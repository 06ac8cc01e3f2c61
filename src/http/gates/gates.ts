/** The gates in their order. They know nothing of routes: each stands before all of them. */
import type { ErrorName } from '../../runtime/errors.ts'
import type { GateSettings, RequestFacts } from './facts.ts'
import { fetchSiteGate } from './fetch-site.ts'
import { hostGate } from './host.ts'
import { originGate } from './origin.ts'
import { peerGate } from './peer.ts'
import { unsafeGate } from './unsafe.ts'

const GATES = [peerGate, hostGate, originGate, fetchSiteGate, unsafeGate]

/** @returns the first gate's refusal; null when all of them are open */
export function refusalOf(facts: RequestFacts, settings: GateSettings): ErrorName | null {
  for (const gate of GATES) {
    const refusal = gate(facts, settings)
    if (refusal !== null) return refusal
  }
  return null
}
