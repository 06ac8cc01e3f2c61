/** What a server needs before it can start: where that is missing, the setting that asked for it is named. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadToken } from '../http/token.ts'
import { checkBinding } from './binding.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings-table.ts'

/**
 * Makes the data directory and finds the token.
 * @throws SettingError
 */
export function prepare(settings: Settings): { token: string } {
  const { dataDir, tokenFile, workspaceRoots } = settings
  checkBinding(settings)
  const keptBy = 'a directory that can be made and written to, and by nobody else'
  checked('BREAKGLASS_DATA_DIR', dataDir, keptBy, () => {
    makeDirectory(dataDir)
    // What others put there, or put in the place of what is there, would be taken for this server's own.
    if (statSync(dataDir).mode & 0o022) throw new Error('others may write to it')
  })
  for (const root of workspaceRoots)
    checked('BREAKGLASS_WORKSPACE_ROOTS', root, 'directories that exist', () => {
      if (!statSync(root).isDirectory()) throw new Error('it is no directory')
    })
  if (settings.token !== null) return { token: settings.token }
  const allowed = 'a file that holds a token, or that can be made'
  return { token: checked('BREAKGLASS_TOKEN_FILE', tokenFile, allowed, () => loadToken(tokenFile)) }
}

/** Failures of listen(2) that a setting has caused. */
export function explainListen(error: unknown, { host, port }: Settings): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new SettingError(`BREAKGLASS_PORT: "${port}" is in use; it must be a port that is free`)
  if (code === 'EACCES')
    return new SettingError(
      `BREAKGLASS_PORT: "${port}" is not permitted; it must be one that this user may listen on`,
    )
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EINVAL' || code === 'EAI_AGAIN')
    return new SettingError(
      `BREAKGLASS_HOST: "${host}" is not allowed; it must be an address of this machine`,
    )
  return error
}

function checked<T>(setting: string, value: string, allowed: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    const why = (error as Error).message
    throw new SettingError(`${setting}: "${value}" is not allowed (${why}); it must be ${allowed}`)
  }
}

/** One by one from the top: mkdir's own `recursive` never comes back where nothing can be made, as below /proc. */
function makeDirectory(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found) throw new Error('it is no directory')
  if (dirname(path) !== path) makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}
