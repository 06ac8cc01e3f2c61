/** Why a stream is over for good. */
import { AttachError, RequestError } from '../../client/index.ts'

/** What it was about is not there any more, this device is out, or the stream makes no sense. */
export type Gone = 'deleted' | 'out' | 'broken'

export function whyGone(error: unknown): Gone {
  const status = error instanceof RequestError || error instanceof AttachError ? error.status : 0
  return status === 404 || status === 410 ? 'deleted' : status === 401 || status === 403 ? 'out' : 'broken'
}
