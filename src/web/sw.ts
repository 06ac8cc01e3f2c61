/**
 * The service worker: keeps the page itself for when there is no network, and nothing that the server says. What is
 * known of sessions is the page's to keep.
 */

/** What a service worker's scope has, as far as it is used here: TypeScript knows it only in place of a page's. */
type Lasting = { waitUntil(work: Promise<unknown>): void }
type Asked = Event & { request: Request; respondWith(answer: Promise<Response>): void }
type Scope = {
  addEventListener(name: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(name: 'fetch', listener: (event: Asked) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  registration: { scope: string }
}
const worker = globalThis as unknown as Scope

/** Put here by the build: what it made, by names that change with the content, and what it is called itself. */
declare const __BUILT_FILES__: readonly string[]
declare const __BUILD__: string
const SHELL = 'shell'
const CACHE = `${SHELL} ${__BUILD__}`

const keep = async (): Promise<void> => {
  const cache = await caches.open(CACHE)
  await cache.addAll(['./', ...__BUILT_FILES__])
  await worker.skipWaiting()
}

const dropOthers = async (): Promise<void> => {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(SHELL) && name !== CACHE).map((name) => caches.delete(name)),
  )
  await worker.clients.claim()
}

const answer = async (request: Request): Promise<Response> =>
  (await caches.match(request, { cacheName: CACHE })) ?? fetch(request)

worker.addEventListener('install', (event) => event.waitUntil(keep()))
worker.addEventListener('activate', (event) => event.waitUntil(dropOthers()))
worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  const { scope } = worker.registration
  const path = url.startsWith(scope) ? url.slice(scope.length).replace(/#.*/, '') : null
  // The page and what it is made of; all else is between it and the server.
  if (method === 'GET' && path !== null && (path === '' || __BUILT_FILES__.includes(path)))
    event.respondWith(answer(event.request))
})
