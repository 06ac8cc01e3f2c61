/** `breakglass pair`: asks the server that runs for a code, and shows it. */
import { createClient } from '../client/index.ts'
import { readToken } from '../http/token.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings-table.ts'
import { showPairing } from './show-pairing.ts'

/**
 * @returns what to show
 * @throws RequestError when the server refuses, or cannot be reached
 */
export async function pair(settings: Settings, isTerminal: boolean): Promise<string> {
  const token = settings.token ?? findToken(settings.tokenFile)
  const client = createClient({ url: `http://${reachable(settings.host)}:${settings.port}`, token })
  return showPairing(await client.access.pair(), isTerminal)
}

/** The addresses that mean all of a machine's are none to connect to. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function findToken(file: string): string {
  const token = readToken(file)
  if (token !== null) return token
  throw new SettingError(
    `BREAKGLASS_TOKEN_FILE: "${file}" is not there; it must be the file of a server that runs`,
  )
}
