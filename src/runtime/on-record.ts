/** For what is done whether it can be stored or not: on a full disk, to stop what fills it must work. */
import { CodedError } from './errors.ts'
import type { Log } from './log/log.ts'

/**
 * Fulfilled when all that was appended until now is stored.
 * @param done what has been done already, for whoever asked for it and must hear that it is not on record
 * @throws storage_full, storage_failed
 */
export async function onRecord(log: Pick<Log, 'durable'>, done: string): Promise<void> {
  try {
    await log.durable()
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    throw new CodedError(error.code, `${done}; that is not on record yet: ${error.message}`)
  }
}
