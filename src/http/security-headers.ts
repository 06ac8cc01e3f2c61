/** What every answer tells the browser that gets it: load nothing, guess nothing, keep nothing, be in nobody's frame. */
import type { ServerResponse } from 'node:http'

const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

const policy = (more: { style?: string; images?: string } = {}): string =>
  `${POLICY}; script-src 'self'; style-src 'self'${more.style ?? ''}; img-src 'self'${more.images ?? ''}; connect-src 'self'`

/**
 * For pages of our own: scripts, styles, images and requests of this origin, none of them inline (`blob:` is what the
 * page itself has been given, a photo to send); and no way to make markup of a string: the one policy of Trusted Types
 * is for the address of the service worker.
 */
const PAGE_POLICY = `${policy({ images: ' blob:' })}; manifest-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types service-worker`

/** Swagger UI has one inline style, known by its hash, and images in its stylesheet. */
export const DOCS_POLICY = policy({
  style: " 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  images: ' data:',
})

export const SECURITY_HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Routes that have nothing secret say otherwise.
  'Cache-Control': 'no-store',
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
