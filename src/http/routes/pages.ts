/**
 * What a browser is shown: the pages that the web build made, and the one for pairing, which works without it. Files without
 * secrets; what they show, their scripts ask for. Who is not in gets the page for pairing in place of the others.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import { CodedError } from '../../runtime/errors.ts'
import type { App } from '../app.ts'
import { sendProblem } from '../problems.ts'
import { readWebFiles, type WebFile } from '../web-files.ts'

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' } as const
type Name = `${string}.${keyof typeof TYPES}`

const PAIRING_ASSETS: Name[] = ['pair.css', 'pair.js']

/** The pages of the web build, by where they are asked for: the phone's, and the inspector. */
const PAGES: Record<string, string> = { 'index.html': '/', 'inspect.html': '/inspect' }

/** Browsers ask for these without a cookie when they install the page. */
const isForInstaller = (path: string): boolean => path === 'manifest.webmanifest' || path.startsWith('icons/')

export function pageRoutes(root: App): void {
  // In a scope of its own, for its own answer to those who are not in.
  root.register(async (app: App) => {
    app.setErrorHandler((error, request, reply) => {
      const isPage = Object.values(PAGES).includes(request.routeOptions.url ?? '')
      if (!isPage || !(error instanceof CodedError) || error.code !== 'unauthorized')
        return sendProblem(error, request, reply)
      request.refusal = error.code
      return sendPairing(reply.code(401))
    })

    const sendPairing = sender('pair.html')
    const add = (path: string, isPublic: boolean, send: (reply: FastifyReply) => FastifyReply): void => {
      app.get(path, { config: { isPublic, isPage: true }, schema: { hide: true } }, async (_, reply) =>
        send(reply),
      )
    }
    add('/pair', true, sendPairing)
    for (const name of PAIRING_ASSETS) add(`/assets/${name}`, true, sender(name))
    const built = readWebFiles()
    for (const path of built.length === 0 ? Object.values(PAGES) : [])
      add(path, false, () => {
        throw new CodedError('not_found', 'The page was not built: npm run build')
      })
    for (const file of built)
      add(PAGES[file.path] ?? `/${file.path}`, isForInstaller(file.path), (reply) => sendFile(file, reply))
  })
}

function sendFile({ type, content, gzipped, cacheControl }: WebFile, reply: FastifyReply): FastifyReply {
  reply.type(type).header('cache-control', cacheControl).header('vary', 'accept-encoding')
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(
    String(reply.request.headers['accept-encoding'] ?? ''),
  )
  return gzipped !== null && takesGzip
    ? reply.header('content-encoding', 'gzip').send(gzipped)
    : reply.send(content)
}

/** Read once, at the start: a file that is missing shows then. */
function sender(name: Name): (reply: FastifyReply) => FastifyReply {
  const content = readFileSync(join(import.meta.dirname, '../pages', name))
  const type = TYPES[name.split('.').at(-1) as keyof typeof TYPES]
  return (reply) => reply.type(`${type}; charset=utf-8`).header('cache-control', 'no-cache').send(content)
}
