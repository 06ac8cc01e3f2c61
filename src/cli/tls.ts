/** Key and certificate for https: the operator's, or the server's own in the data directory. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Tls } from '../http/node-server.ts'
import { readNamedFile, readOwnFile, writeOwnFile } from '../runtime/own-files.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings-table.ts'

type TlsSettings = Pick<
  Settings,
  'dataDir' | 'host' | 'allowedHosts' | 'tlsCert' | 'tlsKey' | 'tlsSelfSigned'
>

/** Made anew before it runs out, while there is somebody to look at the new fingerprint. */
const RENEW_MS = 30 * 24 * 60 * 60 * 1_000

/**
 * @returns null for plain HTTP
 * @throws SettingError
 */
export async function loadTls(settings: TlsSettings, now: Date): Promise<Tls | null> {
  const { dataDir, tlsCert, tlsKey } = settings
  if (settings.tlsSelfSigned) return loadSelfSigned(dataDir, namesOf(settings), now)
  if (tlsCert === null || tlsKey === null) return null
  const cert = readPem('BREAKGLASS_TLS_CERT', tlsCert, 'a file with a certificate in PEM', (path) =>
    readFileSync(path, 'utf8'),
  )
  const key = readPem(
    'BREAKGLASS_TLS_KEY',
    tlsKey,
    "a file with the certificate's private key in PEM, which others cannot read",
    readNamedFile,
  )
  if (!belongTogether({ cert, key }))
    throw new SettingError(
      `BREAKGLASS_TLS_KEY: "${tlsKey}" is not allowed; it must be the key of ${tlsCert}, without a passphrase`,
    )
  return { cert, key }
}

/** Where a self-signed certificate lies, for clients that are to trust it. */
export const selfSignedPath = (dataDir: string): string => join(dataDir, 'tls-cert.pem')

async function loadSelfSigned(dataDir: string, names: string[], now: Date): Promise<Tls> {
  const paths = { cert: selfSignedPath(dataDir), key: join(dataDir, 'tls-key.pem') }
  const found = readBoth(paths)
  if (found !== null && isGood(found, now)) return found
  // Only then: it takes a sixth of a second to be there.
  const { makeSelfSigned } = await import('./self-signed.ts')
  const made = await makeSelfSigned(names, now)
  for (const name of ['key', 'cert'] as const) writeOwnFile(paths[name], made[name])
  return made
}

const isGood = (tls: Tls, now: Date): boolean =>
  belongTogether(tls) && Date.parse(new X509Certificate(tls.cert).validTo) - now.getTime() > RENEW_MS

function belongTogether({ cert, key }: Tls): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

function readBoth(paths: Tls): Tls | null {
  const [cert, key] = [readOwnFile(paths.cert), readOwnFile(paths.key)]
  return cert === null || key === null ? null : { cert, key }
}

/** By which names a phone on the same network may ask, as far as they are known now. */
function namesOf({ host, allowedHosts }: TlsSettings): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const configured = allowedHosts.map((name) => new URL(`https://${name}`).hostname.replace(/^\[|\]$/g, ''))
  const reachable = addresses.filter(({ scopeid }) => !scopeid).map(({ address }) => address)
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      '::1',
      hostname().toLowerCase(),
      host,
      ...configured,
      ...reachable,
    ]),
  ]
}

function readPem(
  setting: string,
  path: string,
  allowed: string,
  read: (path: string) => string | null,
): string {
  try {
    const content = read(path)
    if (content !== null) return content
    throw new Error('it is not there')
  } catch (error) {
    const why = (error as Error).message
    throw new SettingError(`${setting}: "${path}" is not allowed (${why}); it must be ${allowed}`)
  }
}
