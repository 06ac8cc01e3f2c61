/**
 * Which view the address asks for. In the fragment, so that one document serves all of them under whatever path the
 * server has, and a link to a session never leaves the phone.
 */

export type Route =
  | { view: 'sessions' }
  | { view: 'new' }
  | { view: 'session'; id: string }
  | { view: 'devices' }
  | { view: 'settings' }

/** @param hash `location.hash`; what it does not know is the list of sessions */
export function parseRoute(hash: string): Route {
  const [name = '', id = ''] = hash.replace(/^#\/?/, '').split('/')
  if (name === 's' && id !== '') return { view: 'session', id: decode(id) }
  if (name === 'new' || name === 'devices' || name === 'settings') return { view: name }
  return { view: 'sessions' }
}

export const routePath = (route: Route): string =>
  route.view === 'sessions'
    ? '#/'
    : route.view === 'session'
      ? `#/s/${encodeURIComponent(route.id)}`
      : `#/${route.view}`

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
