/** Files for a session: a form of them, passed on part by part as it arrives. */
import type { IncomingMessage } from 'node:http'
import multipart, { type Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { CodedError } from '../../runtime/errors.ts'
import type { IncomingFile } from '../../runtime/files/files.ts'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { Problem, Received, SessionParams } from '../schemas.ts'

export function fileRoutes(app: App, { runtime: { sessions } }: RouteDeps): void {
  // In a scope of its own: a form is what a foreign page can send without asking, so no other route reads one.
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers()
    await scope.register(multipart, {
      // What has no file name is refused for that, whatever it says it is.
      isPartAFile: () => true,
      preservePath: true,
      throwFileSizeLimit: false,
      limits: {
        // One more of each than is allowed: the runtime counts, and must see that there are too many.
        fileSize: LIMITS.fileBytesMax + 1,
        parts: LIMITS.filesPerUploadMax + 1,
        files: LIMITS.filesPerUploadMax + 1,
        headerPairs: LIMITS.formPartHeadersMax,
      },
    })

    scope.post(
      '/api/sessions/:id/files',
      {
        config: { audit: 'upload' },
        // What is in the form is looked at while it arrives, not before.
        validatorCompiler: () => () => true,
        schema: {
          tags: ['files'],
          summary: 'Send files for the agent to the session, in its workspace',
          consumes: ['multipart/form-data'],
          params: SessionParams,
          body: Type.Object({
            file: Type.Array(Type.String({ format: 'binary' }), { maxItems: LIMITS.filesPerUploadMax }),
          }),
          response: { 201: Received, 400: Problem, 404: Problem, 409: Problem, 410: Problem, 413: Problem },
        },
      },
      async (request, reply) => {
        try {
          if (!request.isMultipart())
            throw new CodedError('unsupported_media_type', 'Files are sent as multipart/form-data')
          checkLength(request.headers['content-length'])
          const session = await sessions.get(request.params.id)
          return reply.code(201).send({ files: await session.receiveFiles(filesOf(request)) })
        } catch (error) {
          dropRest(request.raw)
          throw error
        }
      },
    )
  })
}

async function* filesOf(request: FastifyRequest): AsyncGenerator<IncomingFile> {
  try {
    for await (const part of request.parts())
      yield { name: 'filename' in part ? part.filename : undefined, content: contentOf(part) }
  } catch (error) {
    throw unreadable(error)
  }
}

async function* contentOf(part: Multipart): AsyncGenerator<Buffer> {
  if (part.type !== 'file') return
  try {
    yield* part.file
  } catch (error) {
    throw unreadable(error)
  }
}

/** Whatever ails a form that cannot be read to its end, its sender has to send another. */
const unreadable = (error: unknown): CodedError =>
  new CodedError('bad_request', `The form cannot be read: ${(error as Error).message}`)

function checkLength(length = '0'): void {
  if (Number(length) > LIMITS.filesPerUploadMax * LIMITS.fileBytesMax + LIMITS.formBytesMax)
    throw new CodedError('payload_too_large')
}

/** Reads what is still to come, for nobody: many a client looks for an answer only when it has sent everything. */
function dropRest(request: IncomingMessage): void {
  request.unpipe()
  request.resume()
}
