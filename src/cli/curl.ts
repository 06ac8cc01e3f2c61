/**
 * How a terminal asks with curl: commands to paste, and a file with the header that lets them in. In their arguments the
 * token would be every user's of this machine to read, for as long as a stream is open.
 */
import { join } from 'node:path'
import { readOwnFile, writeOwnFile } from '../runtime/own-files.ts'
import type { Settings } from './settings.ts'
import { selfSignedPath } from './tls.ts'

/** For `curl -H @FILE`, which curl takes since 7.55. */
const headerPath = (dataDir: string): string => join(dataDir, 'authorization')

/** Only when it says something else: a server must start on a full disk, too. */
export function writeHeader(dataDir: string, token: string): void {
  const header = `Authorization: Bearer ${token}\n`
  if (readOwnFile(headerPath(dataDir)) !== header) writeOwnFile(headerPath(dataDir), header)
}

/** Open a session (or find it again) and attach to it, and prompt it. */
export function commandsOf(
  url: string,
  id: string,
  { dataDir, tlsSelfSigned }: Pick<Settings, 'dataDir' | 'tlsSelfSigned'>,
): string {
  const curl = tlsSelfSigned ? `curl -sS --cacert ${quote(selfSignedPath(dataDir))}` : 'curl -sS'
  const given = `A=@${quote(headerPath(dataDir))}; S=${url}/api/sessions/${id}`
  return `
  attach:  ${given}; ${curl} -o /dev/null -X PUT -H "$A" $S && ${curl} -N -H "$A" -H 'Accept: text/event-stream' $S/events
  prompt:  ${given}; ${curl} -H "$A" -H 'Content-Type: application/json' -d '{"prompt":"uptime; df -h /"}' $S/turns

`
}

/** A word of sh, whatever is in it. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
