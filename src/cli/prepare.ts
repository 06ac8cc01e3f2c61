/** What a server needs before it can start: where that is missing, the setting that asked for it is named. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadToken } from '../http/token.ts'
import { makeOwnDirectory } from '../runtime/own-files.ts'
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
  checked(
    'BREAKGLASS_DATA_DIR',
    dataDir,
    "a directory that can be made, or is this user's alone (mode 700)",
    () => makeOwnDirectory(dataDir),
  )
  for (const root of workspaceRoots)
    checked('BREAKGLASS_WORKSPACE_ROOTS', root, 'directories that exist', () => {
      if (!statSync(root).isDirectory()) throw new Error('it is no directory')
    })
  if (settings.token !== null) return { token: settings.token }
  const allowed = 'a file that holds a token, or that can be made'
  const load = () => loadToken(tokenFile, { isNamed: dirname(tokenFile) !== dataDir })
  return { token: checked('BREAKGLASS_TOKEN_FILE', tokenFile, allowed, load) }
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
