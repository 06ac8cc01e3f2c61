/** `breakglass verify`: looks at the logs of a data directory, or at one that was exported, and says what is wrong. */
import { readFileSync, statSync } from 'node:fs'
import { verifyDataDir } from '../verify/data-dir.ts'
import { verifyExport } from '../verify/export.ts'
import { UnverifiableError, type Verified } from '../verify/verified.ts'
import { SettingError } from './settings-table.ts'

/**
 * @param out takes a line for each violation, and one for all that was looked at
 * @returns whether all is well
 * @throws SettingError when there is nothing to look at
 */
export function verify(args: string[], out: (line: string) => void): boolean {
  const [path, ...more] = args
  if (path === undefined || more.length > 0 || path.startsWith('-'))
    throw new SettingError(
      'verify takes one path, of a data directory or of an export (see breakglass --help)',
    )
  let [logs, events, violations] = [0, 0, 0]
  try {
    for (const found of look(path)) {
      if (found.events !== null) logs++
      events += found.events ?? 0
      violations += found.violations.length
      for (const violation of found.violations) out(`${found.name}: ${violation.replace(/\s+/g, ' ')}`)
    }
  } catch (error) {
    if (error instanceof UnverifiableError)
      throw new SettingError(`${path} cannot be verified: ${error.message}`)
    throw error
  }
  out(`${count(logs, 'log')}, ${count(events, 'event')}: ${count(violations, 'violation')}`)
  return violations === 0
}

function look(path: string): Iterable<Verified> {
  try {
    if (!statSync(path).isDirectory()) return [verifyExport(readFileSync(path, 'utf8'))]
  } catch (error) {
    if (error instanceof UnverifiableError) throw error
    throw new UnverifiableError((error as Error).message)
  }
  return verifyDataDir(path)
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
