/** Requests as a broken, an old or a hostile client sends them: most of each is right, and something is not. */
import fc from 'fast-check'
import { replacePart } from '../replace-part.ts'

/** Who is not in is shown the page for pairing there, and no problem. */
export const PAGES = ['/', '/inspect']

/** Stands in a path for a session that is there. */
export const SESSION = 'SESSION'

const FORM = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'

type Content = { type: string; text: string }
const jsonOf = (value: unknown): Content => ({ type: 'application/json', text: JSON.stringify(value) })

/** What is there to be asked. No shell, which would do whatever it is told. */
const OPENED = { agent: 'claude', title: 'a title', model: 'sonnet', permissionMode: 'ask' }
const EDITED = { title: 'another', archived: true, model: null, permissionMode: 'bypass' }
const PROMPTED = { prompt: 'hello', model: 'opus', whenBusy: 'reject', attachments: [] }
const ATTACHED = { prompt: 'hello', attachments: ['attachments/a.txt'] }
const ANSWERED = { decision: 'allow', message: 'fine', always: true }
const AT = `/api/sessions/${SESSION}`

type Route = { method: string; path: string; body?: object; headers?: Record<string, string> }
const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/sessions', body: OPENED },
  { method: 'PUT', path: AT, body: OPENED },
  { method: 'PATCH', path: AT, body: EDITED },
  { method: 'DELETE', path: AT },
  ...[1, 2, 3].map(() => ({ method: 'POST', path: `${AT}/turns`, body: PROMPTED })),
  { method: 'POST', path: `${AT}/turns`, body: ATTACHED },
  { method: 'POST', path: `${AT}/cancel`, body: {} },
  // These more often than others: a form has to be right in many ways to be one, and so has a prompt.
  ...[1, 2, 3].map(() => ({ method: 'POST', path: `${AT}/files` })),
  { method: 'PATCH', path: `${AT}/queue/x`, body: { prompt: 'hello' } },
  { method: 'POST', path: `${AT}/approvals/x`, body: ANSWERED },
  { method: 'GET', path: `${AT}/events`, headers: { accept: 'text/event-stream' } },
  ...[`${AT}/events`, `${AT}/transcript`, AT, '/api/sessions', '/api/agents', '/api/events'].map((path) => ({
    method: 'GET',
    path,
  })),
  ...['/healthz', '/readyz', '/metrics', '/openapi.json', ...PAGES].map((path) => ({ method: 'GET', path })),
]

const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 12 })
const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, -1, 1e308, '', [], {}, '\uD800', '--settings={}', 'x'.repeat(300), '/etc', '../x'),
)

const segment = fc.oneof(
  printable.map((text) => encodeURIComponent(text)),
  fc.constantFrom('%', '%2', '%ff', '%00', '..', '..%2f..', '//', ';', '%e2%82', 'a'.repeat(300)),
)
const otherPath = fc.oneof(
  fc.tuple(fc.constantFrom(...ROUTES.map(({ path }) => path)), segment).map((parts) => parts.join('/')),
  segment.map((text) => `/api/sessions/${text}/events`),
  segment.map((text) => `/${text}`),
)
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('after', 'limit', 'lastEventId', 'format', '__proto__', 'x'),
      fc.oneof(fc.constantFrom('0', '1', '-1', '1e3', 'md', 'json', '%ff', '%'), segment),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`))

const otherJson = (body: object): fc.Arbitrary<Content> =>
  fc
    .oneof(
      fc
        .tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }), strange)
        .map(([at, by]) => replacePart(body, at, by)),
      fc.tuple(printable, strange).map(([key, by]) => ({ ...body, [key]: by })),
      fc.constantFrom<unknown>(OPENED, EDITED, PROMPTED, ANSWERED),
    )
    .map(jsonOf)
const otherForm = fc
  .tuple(
    fc.nat(FORM.length),
    fc.nat(20),
    fc.oneof(printable, fc.constantFrom('"..', '\r\n', '\0', '\xff', '--b')),
  )
  .map(([at, length, by]) => FORM.slice(0, at) + by + FORM.slice(at + length))
const otherContent: fc.Arbitrary<Content> = fc.record({
  type: fc.constantFrom(
    ...['application/json', 'application/json; charset=latin1', 'application/problem+json', 'text/plain'],
    ...['multipart/form-data', 'application/x-www-form-urlencoded', '', 'x', 'application/json;;'],
  ),
  text: fc.oneof(fc.json(), fc.constantFrom('{', '[]', 'null', '{"__proto__":{}}', FORM), printable),
})
const contentOf = ({ path, body }: Route): fc.Arbitrary<Content | null> => {
  const type = 'multipart/form-data; boundary=b'
  const [right, wrong] = path.endsWith('/files')
    ? [{ type, text: FORM }, otherForm.map((text) => ({ type, text }))]
    : [body === undefined ? null : jsonOf(body), otherJson(body ?? {})]
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(right) },
    { weight: 3, arbitrary: wrong },
    { weight: 1, arbitrary: otherContent },
    { weight: 1, arbitrary: fc.constant(null) },
  )
}

const header = fc.oneof(
  fc.constantFrom('text/event-stream', 'text/html', '*/*;q=0', ',').map((accept) => ({ accept })),
  fc.oneof(fc.constantFrom('k', 'k'.repeat(300), ''), printable).map((key) => ({ 'idempotency-key': key })),
  fc.oneof(fc.constantFrom('0', '-1', '9'.repeat(30)), printable).map((id) => ({ 'last-event-id': id })),
  fc.constantFrom('Bearer wrong', 'Basic eDp5', 'Bearer').map((authorization) => ({ authorization })),
  fc.constantFrom('gzip', 'br', 'x').map((encoding) => ({ 'content-encoding': encoding })),
)
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']

export const requests = fc.constantFrom(...ROUTES).chain((route) =>
  fc.record({
    method: fc.oneof(
      { weight: 5, arbitrary: fc.constant(route.method) },
      { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
    ),
    path: fc
      .tuple(
        fc.oneof({ weight: 8, arbitrary: fc.constant(route.path) }, { weight: 1, arbitrary: otherPath }),
        fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: query }),
      )
      .map((parts) => parts.join('')),
    headers: fc
      .oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(header, { maxLength: 2 }) },
      )
      .map((headers): Record<string, string> => Object.assign({}, route.headers, ...headers)),
    content: contentOf(route),
  }),
)
