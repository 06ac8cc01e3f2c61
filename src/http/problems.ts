/** Errors on their way out: RFC 9457 problem+json, from the one table. What is not in it says nothing of itself. */
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../runtime/errors.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

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

/** Node's refusals in our words; what is not here cannot be read. https://nodejs.org/api/errors.html */
const FROM_NODE: Record<string, CodedError['code']> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** What the HTTP parser refuses never becomes a request. */
export function refuseBadHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') return void socket.destroy()
  const code = FROM_NODE[error.code ?? ''] ?? 'bad_request'
  refuseOnSocket(new CodedError(code, 'The request cannot be read'), socket)
}

/** For a request that is not all there: answers on the bare socket, and ends it. */
export function refuseOnSocket(coded: CodedError, socket: Socket): void {
  // In the middle of an answer another one would be taken for a part of it. Node's own handler looks here too.
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null }
  if (!socket.writable || answer?.headersSent) return void socket.destroy()
  const body = JSON.stringify(problemOf(coded))
  const head = [
    `HTTP/1.1 ${coded.status} ${STATUS_CODES[coded.status]}`,
    'Connection: close',
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const problemOf = ({ status, code, title, message: detail, extra }: CodedError) => ({
  ...{ type: 'about:blank', status, code, title, detail },
  ...extra,
})

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const coded = toCodedError(error)
  request.refusal = coded.code
  if (coded.status >= 500) request.log.error({ err: error }, coded.title)
  // Fastify would close the connection on a body that is still arriving; the reset that follows can take the answer
  // with it. Node throws the rest away instead, within the request's timeout.
  if (coded.status === 413) reply.removeHeader('connection')
  const { retryAfterS } = coded.extra
  return reply
    .code(coded.status)
    .headers(coded.status === 401 ? { 'www-authenticate': 'Bearer' } : {})
    .headers(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) })
    .type('application/problem+json')
    .send(problemOf(coded))
}
