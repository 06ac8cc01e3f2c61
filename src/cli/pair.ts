/** `breakglass pair`: asks the server that runs for a code, and shows it. */
import { existsSync, readFileSync } from 'node:fs'
import { createClient, RequestError } from '../client/index.ts'
import { loadToken } from '../http/token.ts'
import { createPinnedFetch } from './pinned-fetch.ts'
import { protocolOf } from './public-url.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings-table.ts'
import { showPairing } from './show-pairing.ts'
import { selfSignedPath } from './tls.ts'

/**
 * @returns what to show
 * @throws SettingError, or why the server did not answer
 */
export async function pair(settings: Settings, isTerminal: boolean): Promise<string> {
  const token = settings.token ?? findToken(settings.tokenFile)
  const url = `${protocolOf(settings)}://${reachable(settings.host)}:${settings.port}`
  const certificate = settings.tlsSelfSigned ? selfSignedPath(settings.dataDir) : settings.tlsCert
  const fetch = certificate === null ? undefined : createPinnedFetch(readFileSync(certificate, 'utf8'))
  try {
    return showPairing(await createClient({ url, token, fetch }).access.pair(), isTerminal)
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 0) throw error
    throw new Error(`no server answers at ${url}: pair needs the settings of the one that runs`)
  }
}

/** The addresses that mean all of a machine's are none to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function findToken(file: string): string {
  if (existsSync(file)) return loadToken(file, { isNamed: true })
  throw new SettingError(
    `BREAKGLASS_TOKEN_FILE: "${file}" is not there; it must be the file of a server that runs`,
  )
}
