/**
 * The pages that a browser is shown: pairing, the devices, the sessions and one session. They are files without secrets;
 * what they show, their scripts ask for. Who is not in gets the page for pairing in place of any other.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import { CodedError } from '../../runtime/errors.ts'
import type { App } from '../app.ts'
import { sendProblem } from '../problems.ts'
import { readWebFiles } from '../web-files.ts'

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' } as const
type Name = `${string}.${keyof typeof TYPES}`

/** What pairing is made of has to be there for those who are not in yet. */
const PUBLIC_ASSETS: Name[] = ['style.css', 'page.js', 'pair.js']
const ASSETS: Name[] = ['devices.js', 'sessions.js', 'session.js', 'visible.js']
const PAGES: Record<string, Name> = {
  '/devices': 'devices.html',
  '/s': 'sessions.html',
  '/s/:id': 'session.html',
}

/** All views of the built page are in this one. */
const WEB_PAGE = 'index.html'

export function pageRoutes(root: App): void {
  // In a scope of its own, for its own answer to those who are not in.
  root.register(async (app: App) => {
    app.setErrorHandler((error, request, reply) => {
      const path = request.routeOptions.url ?? ''
      if (
        (path !== '/' && !(path in PAGES)) ||
        !(error instanceof CodedError) ||
        error.code !== 'unauthorized'
      )
        return sendProblem(error, request, reply)
      request.refusal = error.code
      return sendPairing(reply.code(401))
    })

    const sendPairing = sender('pair.html')
    const add = (path: string, name: Name, isPublic: boolean): void => {
      const send = sender(name)
      app.get(path, { config: { isPublic, isPage: true }, schema: { hide: true } }, async (_, reply) =>
        send(reply),
      )
    }
    add('/pair', 'pair.html', true)
    for (const name of PUBLIC_ASSETS) add(`/assets/${name}`, name, true)
    for (const name of ASSETS) add(`/assets/${name}`, name, false)
    for (const [path, name] of Object.entries(PAGES)) add(path, name, false)
    for (const { path, type, content, cacheControl } of readWebFiles())
      app.get(
        path === WEB_PAGE ? '/' : `/${path}`,
        { config: { isPage: true }, schema: { hide: true } },
        async (_, reply) => reply.type(type).header('cache-control', cacheControl).send(content),
      )
  })
}

/** Read once, at the start: a file that is missing shows then. */
function sender(name: Name): (reply: FastifyReply) => FastifyReply {
  const content = readFileSync(join(import.meta.dirname, '../pages', name))
  const type = TYPES[name.split('.').at(-1) as keyof typeof TYPES]
  return (reply) => reply.type(`${type}; charset=utf-8`).header('cache-control', 'no-cache').send(content)
}
