/** Bodies: JSON and nothing else, in UTF-8, and of a shape that cannot keep the server busy or eat its memory. */
import { CodedError } from '../runtime/errors.ts'
import { isLaden } from '../runtime/json-shape.ts'
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
    let text: string
    try {
      // Not with replacement characters in place of what cannot be read: another script would run.
      text = utf8.decode(body)
    } catch {
      return done(new CodedError('bad_json', 'The body is not valid UTF-8'))
    }
    if (isLaden(text)) return done(new CodedError('bad_request', LADEN))
    return parseJson(request, text, done)
  })
}

const LADEN = `JSON is nested ${LIMITS.jsonDepthMax} deep and has ${LIMITS.jsonPartsMax} parts at most`
