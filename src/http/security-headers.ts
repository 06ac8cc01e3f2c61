/** What every answer tells the browser that gets it: load nothing, guess nothing, and be nobody's frame. */
import type { ServerResponse } from 'node:http'

const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

/** For pages of our own: scripts, styles, images and requests of this origin, none of them inline. */
const PAGE_POLICY = `${POLICY}; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`

/** Swagger UI draws with inline styles and images in `data:`; its scripts are files all the same. */
export const DOCS_POLICY = `${POLICY}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`

export const SECURITY_HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** A year. Not for subdomains: they are somebody else's. */
const HSTS = 'max-age=31536000'

/** On the bare response, so that a stream that takes it over has them as well. */
export function setSecurityHeaders(
  response: ServerResponse,
  { isPage, protocol }: { isPage: boolean; protocol: string },
): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  if (isPage) response.setHeader('Content-Security-Policy', PAGE_POLICY)
  if (protocol === 'https') response.setHeader('Strict-Transport-Security', HSTS)
}
