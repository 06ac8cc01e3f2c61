/** `breakglass pair`: asks the server that runs for a code, and shows it. */
import { checkOwnDirectory } from '../runtime/own-files.ts'
import { askForCode } from './pairing-socket.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings-table.ts'
import { showPairing } from './show-pairing.ts'

/**
 * @returns what to show
 * @throws SettingError, or that no server answers
 */
export async function pair({ dataDir }: Settings, isTerminal: boolean): Promise<string> {
  try {
    // Another user's could show a code of anybody's.
    checkOwnDirectory(dataDir)
  } catch (error) {
    const why = (error as Error).message
    throw new SettingError(
      `BREAKGLASS_DATA_DIR: "${dataDir}" is not allowed (${why}); it must be that of the server that runs`,
    )
  }
  return showPairing(await askForCode(dataDir), isTerminal)
}
