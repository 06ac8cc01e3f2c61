/** Bodies: JSON and nothing else, in UTF-8, and of a shape that cannot keep the server busy or eat its memory. */
import { CodedError } from '../runtime/errors.ts'
import { LIMITS } from '../runtime/limits.ts'
import type { App } from './app.ts'

/** A text/plain or form body is what a foreign web page can send without asking: none but JSON is read. */
export function acceptJsonAlone(app: App): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /charset="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8')
      return done(new CodedError('unsupported_media_type', 'JSON is UTF-8'))
    if (body.length === 0) return done(null, undefined)
    if (!isBounded(body)) return done(new CodedError('bad_request', TOO_MUCH))
    let text: string
    try {
      // Not with replacement characters in place of what cannot be read: another script would run.
      text = utf8.decode(body)
    } catch {
      return done(new CodedError('bad_json', 'The body is not valid UTF-8'))
    }
    return parseJson(request, text, done)
  })
}

const TOO_MUCH = `JSON is nested ${LIMITS.jsonDepthMax} deep and has ${LIMITS.jsonPartsMax} parts at most`

const byte = (character: string): number => character.charCodeAt(0)
const [QUOTE, BACKSLASH, COMMA] = [byte('"'), byte('\\'), byte(',')]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [byte('['), byte(']'), byte('{'), byte('}')]

/**
 * Whether parsing it is safe. 26 MiB of brackets take the parser seconds and a hundred times their size, but a look at
 * the bytes takes milliseconds. What is no JSON may pass: the parser says so.
 */
function isBounded(json: Buffer): boolean {
  let depth = 0
  let parts = 0
  for (let i = 0; i < json.length; i++) {
    const at = json[i]
    if (at === QUOTE) {
      for (i++; i < json.length && json[i] !== QUOTE; i++) if (json[i] === BACKSLASH) i++
      continue
    }
    if (at === CLOSE_ARRAY || at === CLOSE_OBJECT) depth--
    const opens = at === OPEN_ARRAY || at === OPEN_OBJECT
    if (opens && ++depth > LIMITS.jsonDepthMax) return false
    if ((opens || at === COMMA) && ++parts > LIMITS.jsonPartsMax) return false
  }
  return true
}
