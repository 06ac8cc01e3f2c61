/** Cursors as a header, in the query, twice, or as anything: the events behind them, a reset, or a refusal. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { isCaughtUp, readStream, untilTurnEnd } from '../../test/support/read-stream.ts'
import { script, startServer } from '../../test/support/server.ts'
import type { Property } from '../runner/property.ts'

const cursor = fc.oneof(
  { weight: 6, arbitrary: fc.nat(12).map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('00', '007', '9'.repeat(400), '-1', '+1', '1.0', '0x1', '1e1', '٣', ''),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
)
/** What node:http sends as a header. */
const header = cursor
  .filter((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
  .chain((text) => fc.constantFrom(text, ` ${text}`, `${text}\t`))
const given = fc.record({
  header: fc.option(header, { nil: undefined }),
  queries: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 3, arbitrary: cursor.map((text) => [text]) },
    { weight: 1, arbitrary: fc.array(cursor, { maxLength: 3 }) },
  ),
})

/** The contract, said in the simplest way; null for a refusal. */
function expectedCursor({
  header,
  queries,
}: {
  header: string | undefined
  queries: string[]
}): number | null {
  const [query, ...more] = queries
  const text = header?.replace(/^[ \t]+|[ \t]+$/g, '') ?? (more.length === 0 ? query : 'several')
  if (text === undefined) return -1
  return /^[0-9]+$/.test(text) ? Number(text) : null
}

export const httpCursors: Property = {
  name: 'http-cursors',
  title: 'behind any cursor come the events that it has not seen, once; what is no cursor is refused',
  runs: 300,
  async open(tally) {
    tally.sights = { atHead: 0, within: 0, ahead: 0, none: 0, refused: 0 }
    const server = await startServer()
    const { id } = await server.open()
    await server.prompt(id, script({ lines: 6 }))
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const log = await server.events(id)
    const head = log.length - 1
    const sightOf = (after: number | null): string => {
      if (after === null) return 'refused'
      if (after > head) return 'ahead'
      if (after === head) return 'atHead'
      return after === -1 ? 'none' : 'within'
    }
    return {
      check: fc.asyncProperty(given, async ({ header, queries }) => {
        const query = queries.map((text) => `lastEventId=${encodeURIComponent(text)}`).join('&')
        const stream = await readStream(`${server.eventsUrl(id)}${query === '' ? '' : `?${query}`}`, {
          token: server.token(),
          until: isCaughtUp,
          ...(header === undefined ? {} : { lastEventId: header }),
        })
        tally.commands++
        const after = expectedCursor({ header, queries })
        const sight = sightOf(after)
        tally.sights[sight]!++
        if (after === null) {
          expect(stream.status).toBe(400)
          expect(JSON.parse(stream.text).code).toBe('bad_cursor')
          return
        }
        expect(stream.status).toBe(200)
        const [reset] = stream.frames.filter(({ event }) => event === 'reset')
        expect(reset?.data).toEqual(after > head ? { reason: 'ahead', lastEventId: head } : undefined)
        const expected = log.slice(after > head ? 0 : after + 1)
        expect(stream.frames.flatMap(({ id, data }) => (id === undefined ? [] : [data]))).toEqual(expected)
        expect(stream.frames.at(-1)!.data).toEqual({ lastEventId: head, state: 'idle' })
      }),
      close: () => server[Symbol.asyncDispose](),
    }
  },
}
