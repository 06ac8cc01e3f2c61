/** Bugs that take a real server to be seen. */
import type { Mutant } from './mutant.ts'

const SESSION = 'src/runtime/session.ts'

export const SERVERS: readonly Mutant[] = [
  {
    bug: 'a store that says it is done before its thread is',
    ...{ file: 'src/runtime/store-thread/open-stores.ts', caughtBy: 'live-server' },
    old: 'waiting.set(message.call, { resolve, reject })',
    new: 'waiting.set(message.call, { resolve: () => {}, reject }), resolve(true)',
  },
  {
    bug: 'a header that does not win over the query',
    ...{ file: 'src/http/routes/events.ts', caughtBy: 'http-cursors' },
    old: "request.headers['last-event-id'] ?? query.lastEventId",
    new: "query.lastEventId ?? request.headers['last-event-id']",
  },
  {
    bug: 'a cursor at the head that is reset',
    ...{ file: 'src/http/sse.ts', caughtBy: 'http-cursors' },
    old: 'const ahead = options.after > head',
    new: 'const ahead = options.after >= head',
  },
  {
    bug: 'a cursor that cannot be read means zero',
    ...{ file: 'src/http/cursor.ts', caughtBy: 'http-cursors' },
    old: '/^\\d+$/.test(given)) return Number(given)',
    new: 'given.length > 0) return Number.parseInt(given, 10) || 0',
  },
  {
    bug: 'an upload that was refused leaves its files',
    ...{ file: 'src/runtime/files/files.ts', caughtBy: 'http-refusals' },
    old: 'opened?.upload.discard()',
    new: '',
  },
  {
    bug: 'a body that is no JSON is our own fault',
    ...{ file: 'src/http/problems.ts', caughtBy: 'http-refusals' },
    old: "FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json'",
    new: "FST_ERR_CTP_INVALID_JSON_BODY: 'internal'",
  },
  {
    ...{ bug: 'two turns at a time', file: SESSION, caughtBy: 'live-server' },
    old: 'if (mayBegin() && !queue.isDue()) return begin(start)',
    new: 'return begin(start)',
  },
  {
    ...{
      bug: 'an answer that is not stored with its effect',
      file: 'src/runtime/turns.ts',
      caughtBy: 'killed-server',
    },
    old: '...(wanted.idempotency && { remembered: { ...wanted.idempotency, answer: accepted } }),',
    new: '',
  },
]
