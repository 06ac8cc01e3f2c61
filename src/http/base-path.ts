/**
 * The server below a path of somebody else's site, as a proxy passes it on: `/ops/breakglass`. Routes know nothing of
 * it. Whoever asks without the path (a probe on this machine) is answered as well.
 */
import type { IncomingMessage } from 'node:http'
import type { App } from './app.ts'

/** Plain segments: what a URL would write in another way could be taken for two paths. */
export const isBasePath = (text: string): boolean => /^(\/[a-z0-9_-][a-z0-9._~-]*)+$/i.test(text)

/** @returns for Fastify's `rewriteUrl`: the path of the route that is asked for */
export const withoutBasePath =
  (basePath: string) =>
  ({ url = '' }: Pick<IncomingMessage, 'url'>): string =>
    basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url

/** The path alone leads to the page: what that loads stands beside it, so it needs the slash. */
export function basePathRoute(app: App, basePath: string): void {
  if (basePath === '') return
  app.get(basePath, { config: { isPublic: true }, schema: { hide: true } }, async (_, reply) =>
    reply.redirect(`${basePath}/`, 308),
  )
}
