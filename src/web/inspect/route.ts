/** Which view of the inspector the address asks for, down to the step: in the fragment, so that a link stays in the browser. */

/**
 * A turn, and a step of it; null: none was chosen. Whoever has not read the turn knows no step of it, but may know an
 * event: it stands for the step that it came from.
 */
export type Place = { turn: number | null; step: number | null; event?: number }

export type Route =
  | { view: 'choose' }
  | { view: 'table' }
  | { view: 'live'; id: string }
  | ({ view: 'turn'; id: string } & Place)
  | ({ view: 'file' } & Place)

/** @param hash `location.hash`; what it does not know is the choice of a session */
export function parseRoute(hash: string): Route {
  const parts = hash.replace(/^#\/?/, '').split('/')
  if (parts[0] === 'table') return { view: 'table' }
  if (parts[0] === 'file') return { view: 'file', ...placeOf(parts.slice(1)) }
  if (parts[0] !== 's' || !parts[1]) return { view: 'choose' }
  const id = decode(parts[1])
  const place = placeOf(parts.slice(2))
  return place.turn === null ? { view: 'live', id } : { view: 'turn', id, ...place }
}

export function routePath(route: Route): string {
  switch (route.view) {
    case 'choose':
      return '#/'
    case 'table':
      return '#/table'
    case 'live':
      return `#/s/${encodeURIComponent(route.id)}`
    case 'turn':
      return `#/s/${encodeURIComponent(route.id)}${placePath(route)}`
    case 'file':
      return `#/file${placePath(route)}`
  }
}

function placePath({ turn, step, event }: Place): string {
  if (turn === null) return ''
  const spot = step !== null ? `/step/${step}` : event !== undefined ? `/event/${event}` : ''
  return `/turn/${turn}${spot}`
}

function placeOf([turnName, turn, spotName, spot]: string[]): Place {
  if (turnName !== 'turn' || !isNumber(turn)) return { turn: null, step: null }
  const at = isNumber(spot) ? Number(spot) : null
  const step = spotName === 'step' ? at : null
  return { turn: Number(turn), step, ...(spotName === 'event' && at !== null && { event: at }) }
}

const isNumber = (text: string | undefined): boolean => /^\d{1,9}$/.test(text ?? '')

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
