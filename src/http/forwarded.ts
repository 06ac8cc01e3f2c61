/**
 * What is believed of a proxy's word for a request, before anything reads it: the scheme and the address, where they are
 * such. Not the name: X-Forwarded-Host is a header that any page may set and many a proxy passes on as it came, and the
 * Host, which no page can set, is what tells a page whose name was made to point here.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export function cleanForwarded({ headers }: Pick<IncomingMessage, 'headers'>): void {
  delete headers['x-forwarded-host']
  const protocol = headers['x-forwarded-proto']
  if (!/(^|,) *https?$/.test(String(protocol))) delete headers['x-forwarded-proto']
  const addresses = String(headers['x-forwarded-for'] ?? '').split(/ *, */)
  // The nearest is the last. What stands before one that is none came from whoever made that up.
  const known = addresses.slice(addresses.findLastIndex((address) => !isAddress(address)) + 1)
  if (known.length > 0) headers['x-forwarded-for'] = known.join(', ')
  else delete headers['x-forwarded-for']
}

/** Without a zone: that would be any text, of any length. */
const isAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%')
