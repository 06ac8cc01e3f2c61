/** Behind a proxy, others than the proxy and this machine itself would come past it. */
import type { ErrorName } from '../../runtime/errors.ts'
import { isLoopback } from '../addresses.ts'
import type { GateSettings, RequestFacts } from './facts.ts'

export function peerGate(
  { peerAddress }: Pick<RequestFacts, 'peerAddress'>,
  { behindProxy }: GateSettings,
): ErrorName | null {
  if (behindProxy.length === 0 || behindProxy.includes(peerAddress) || isLoopback(peerAddress)) return null
  return 'proxy_only'
}
