/** Errors on their way out: RFC 9457 problem+json, from the one table. What is not in it says nothing of itself. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../runtime/errors.ts'

/** Fastify's own refusals in our words. https://fastify.dev/docs/latest/Reference/Errors/ */
const FROM_FASTIFY: Record<string, CodedError['code']> = {
  FST_ERR_VALIDATION: 'bad_request',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  // The one parameter of ours that could be this long is a session's id.
  FST_ERR_MAX_PARAM_LENGTH: 'session_not_found',
}

function toCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  const { code, statusCode, message } = error as Partial<FastifyError>
  const known = code === undefined ? undefined : FROM_FASTIFY[code]
  if (known) return new CodedError(known, message)
  if (error instanceof SyntaxError) return new CodedError('bad_json', message)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new CodedError('bad_request', message)
  return new CodedError('internal')
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const coded = toCodedError(error)
  if (coded.status >= 500) request.log.error({ err: error }, coded.title)
  // What was refused may still be arriving: the connection cannot be used for another request.
  if (coded.status === 413) reply.header('connection', 'close')
  const { status, code, title, message: detail } = coded
  return reply
    .code(status)
    .headers(status === 401 ? { 'www-authenticate': 'Bearer' } : {})
    .type('application/problem+json')
    .send({ type: 'about:blank', status, code, title, detail })
}
