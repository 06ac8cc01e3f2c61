/**
 * A page whose name was made to point here (DNS rebinding) is of one origin with this server to its browser: only the
 * Host header tells. So a request must name this server by a name that it is known to have.
 */
import type { ErrorName } from '../../runtime/errors.ts'
import type { GateSettings, RequestFacts } from './facts.ts'

/** A name or an address, and a port; no dot behind it, nothing else. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(:\d{1,5})?$/

export const isHost = (text: string): boolean => HOST.test(text.toLowerCase())

/** With any port: a tunnel ends on another than the server's. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

export function hostGate(
  { target, hosts, host, localAddress }: Pick<RequestFacts, 'target' | 'hosts' | 'host' | 'localAddress'>,
  { allowedHosts }: GateSettings,
): ErrorName | null {
  const name = HOST.exec(host)?.[1]
  // A target that is no path (`GET http://elsewhere/`) would name the server once more.
  if (!target.startsWith('/') || hosts !== 1 || name === undefined) return 'host_not_allowed'
  // The address that the connection came in at: no foreign page has an address for its name.
  const bound = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  const names = [...LOOPBACK_NAMES, bound, ...allowedHosts]
  return names.includes(name) || names.includes(host) ? null : 'host_not_allowed'
}
