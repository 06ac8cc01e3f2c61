/** Where phones reach this server: for links that are followed on another device than this. */
import type { NetworkInterfaceInfo } from 'node:os'
import type { Settings } from './settings.ts'

type Given = Pick<Settings, 'host' | 'port' | 'publicUrl' | 'tlsCert' | 'tlsSelfSigned'>

/** @returns an origin; null when the server's own address is all there is */
export function publicUrlOf(
  { host, port, publicUrl, ...tls }: Given,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): string | null {
  if (publicUrl !== null) return publicUrl
  // An address that means all of them is none to go to: the first one that the network sees.
  if (host !== '0.0.0.0' && host !== '::') return null
  const addresses = Object.values(interfaces).flatMap((all) => all ?? [])
  const outer = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)
  return outer === undefined ? null : `${protocolOf(tls)}://${outer.address}:${port}`
}

const protocolOf = ({ tlsCert, tlsSelfSigned }: Pick<Given, 'tlsCert' | 'tlsSelfSigned'>) =>
  tlsCert !== null || tlsSelfSigned ? 'https' : 'http'
