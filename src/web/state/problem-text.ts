/** What went wrong, in words for whoever holds the phone. */
import { RequestError } from '../../client/index.ts'
import { visible } from '../visible.ts'

export function problemText(error: unknown): string {
  if (!(error instanceof RequestError)) return 'That did not work: this page has a fault.'
  if (error.code === 'timed_out')
    return 'The server did not answer in time. It may have done it all the same.'
  if (error.status === 0) return 'The server cannot be reached.'
  if (error.status === 401) return 'This device is out. Pair it again.'
  const { detail } = error
  return visible(/[.!?]$/.test(detail) ? detail : `${detail}.`)
}
