/** Requests as a grammar of HTTP makes them, well-formed and not: bytes. Never one that opens a session or starts a turn. */

type Random = () => number

export type Given = { token: string; port: number; id: string }

const UNKNOWN = '6f2c1c1e-0000-4000-8000-000000000000'
const PUT_ID = '6f2c1c1e-0000-4000-8000-000000000001'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'CONNECT']
const ODD_METHODS = ['get', 'G E T', '', 'GETGETGETGETGETGETGETGETGET', 'PROPFIND', 'M-SEARCH', 'PRI', '\0']
const VERSIONS = ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.', 'http/1.1', '', 'HTTP/1.1 HTTP/1.1']
const NASTY = [
  '..',
  '%2e%2e',
  '%2f',
  '%00',
  '%zz',
  '%',
  '//',
  '\\',
  ';',
  '#',
  '?',
  '*',
  '\t',
  'é',
  '%c3%28',
  '@',
  '{}',
]
const BODIES = [
  '{',
  '[]',
  'null',
  '"x"',
  '{"__proto__":{}}',
  '{"prompt":5}',
  '\xff\xfe',
  '{"a":1}',
  'x'.repeat(70_000),
]
const TYPES = [
  'application/json',
  'text/plain',
  'application/json; charset=utf-16',
  '',
  'multipart/form-data',
  ';;',
]
const FORM = '--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhello\r\n--X--\r\n'

export function createGrammar(random: Random, { token, port, id }: Given) {
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  const chance = (share: number): boolean => random() < share
  const noise = (length: number): string =>
    Array.from({ length: below(length) }, () => String.fromCharCode(below(256))).join('')

  const routes = (): [method: string, path: string] =>
    pick([
      ['GET', '/healthz'],
      ['GET', '/readyz'],
      ['GET', '/api/sessions'],
      ['GET', `/api/sessions/${id}`],
      [
        'GET',
        `/api/sessions/${id}/events?after=${pick(['0', '-1', '1e3', '9'.repeat(20)])}&limit=${below(9)}`,
      ],
      ['GET', `/api/sessions/${id}/transcript?format=${pick(['md', 'json', 'x'])}`],
      ['GET', '/docs/static/index.css'],
      ['GET', '/openapi.json'],
      ['PUT', `/api/sessions/${PUT_ID}`],
      ['PATCH', `/api/sessions/${id}`],
      ['DELETE', `/api/sessions/${UNKNOWN}`],
      ['POST', `/api/sessions/${UNKNOWN}/turns`],
      ['POST', `/api/sessions/${id}/cancel`],
      ['POST', `/api/sessions/${id}/files`],
      ['POST', `/api/sessions/${id}/approvals/${pick(['a', '%2f', ''])}`],
    ])

  const target = (path: string): string => {
    if (chance(0.85)) return path
    const at = below(path.length)
    if (chance(0.7)) return path.slice(0, at) + pick(NASTY) + path.slice(at)
    return pick([
      `http://localhost${path}`,
      `http://evil.example${path}`,
      '*',
      '',
      path.repeat(500),
      noise(60),
    ])
  }

  const hosts = (): string[] =>
    chance(0.95)
      ? [`Host: localhost:${port}`]
      : pick([[], ['Host: evil.example'], ['Host: localhost', 'Host: evil.example'], [`Host: ${noise(30)}`]])

  const headers = (): string[] => [
    ...hosts(),
    ...(chance(0.6) ? [`Authorization: Bearer ${token}`] : []),
    ...(chance(0.3)
      ? [
          `Origin: ${pick([`http://localhost:${port}`, `http://localhost:${port}`, 'null', 'http://evil.example'])}`,
        ]
      : []),
    ...(chance(0.2) ? [`Sec-Fetch-Site: ${pick(['same-origin', 'same-origin', 'none', 'cross-site'])}`] : []),
    ...(chance(0.2) ? ['X-Breakglass: 1'] : []),
    ...(chance(0.1) ? [`Expect: ${pick(['100-continue', 'wonders', ''])}`] : []),
    ...(chance(0.1) ? ['Connection: upgrade', `Upgrade: ${pick(['websocket', 'h2c'])}`] : []),
    ...(chance(0.1) ? [`Accept: ${pick(['text/event-stream', '*/*', 'text/html', ';q=0'])}`] : []),
    ...(chance(0.1) ? [`Last-Event-ID: ${pick(['0', '-1', '9'.repeat(30), noise(5)])}`] : []),
    ...(chance(0.1) ? [`Cookie: ${noise(80)}`] : []),
    ...(chance(0.1) ? [`Idempotency-Key: ${pick(['k', 'k'.repeat(300), ''])}`] : []),
    ...(chance(0.03) ? [`X-Long: ${'x'.repeat(below(40_000))}`] : []),
    ...(chance(0.02) ? [` folded: ${noise(10)}`, `Odd Name: ${noise(20)}`, noise(40)] : []),
  ]

  /** A body, and the headers that say how long it is: sometimes truly. */
  const body = (): [headers: string[], body: string] => {
    if (chance(0.6)) return [[], '']
    const isForm = chance(0.2)
    const text = isForm ? FORM : pick(BODIES)
    const type = isForm ? 'multipart/form-data; boundary=X' : chance(0.7) ? 'application/json' : pick(TYPES)
    const chunked = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
    const [framing, sent] = pick<[string[], string]>([
      [[`Content-Length: ${text.length}`], text],
      [[`Content-Length: ${text.length}`], text],
      [[`Content-Length: ${text.length + below(9)}`], text],
      [[`Content-Length: ${below(text.length + 1)}`], text],
      [[`Content-Length: ${pick(['-1', '1e3', '0x10', '9'.repeat(30), '1, 1', ''])}`], text],
      [[`Content-Length: ${text.length}`, 'Content-Length: 3'], text],
      [['Transfer-Encoding: chunked'], chunked],
      [['Transfer-Encoding: chunked', 'Content-Length: 4'], chunked],
      [['Transfer-Encoding: chunked'], chunked.replace('\r\n', noise(4))],
      [[`Transfer-Encoding: ${pick(['gzip, chunked', 'chunked, identity', 'xchunked'])}`], chunked],
    ])
    return [[`Content-Type: ${type}`, ...framing], sent]
  }

  const wellFormed = (): string => {
    const [usual, path] = routes()
    const method = chance(0.85) || path === '/api/sessions' ? usual : pick([...METHODS, ...ODD_METHODS])
    const version = chance(0.95) ? 'HTTP/1.1' : pick(VERSIONS)
    const [framing, sent] = body()
    return `${[`${method} ${target(path)} ${version}`, ...headers(), ...framing].join('\r\n')}\r\n\r\n${sent}`
  }

  const damaged = (text: string): string => {
    let result = text
    for (let count = 1 + below(5); count > 0; count--) {
      const at = below(result.length)
      const to = at + pick([0, 1, below(50)])
      result =
        result.slice(0, at) +
        pick(['', noise(3), '\n', '\r', '\0', ':', result.slice(at, to).repeat(2)]) +
        result.slice(to)
    }
    return result
  }

  /** @returns what one connection sends */
  return (): Buffer => {
    const kind = random()
    const text =
      kind < 0.6
        ? wellFormed()
        : kind < 0.75
          ? damaged(wellFormed())
          : kind < 0.85
            ? wellFormed().slice(0, below(400))
            : kind < 0.95
              ? Array.from({ length: 2 + below(4) }, wellFormed).join('')
              : noise(2_000)
    return Buffer.from(text, 'latin1')
  }
}
