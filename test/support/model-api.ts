// Owns a model API for tests: the HTTP that the claude CLI speaks to, on loopback, answering what the
// prompt's own script says. Knows nothing of the CLI or of sessions.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, type StreamEvent } from './model-api-answer.ts'
import { type Message, nextStep, type Step } from './model-api-script.ts'

/** The parsed body of a `POST /v1/messages`. */
type ModelRequest = {
  model: string
  messages: Message[]
  stream?: boolean
  metadata?: { user_id?: string }
  [field: string]: unknown
}

export type ModelApi = {
  /** For ANTHROPIC_BASE_URL: no slash at its end. */
  url: string
  /** Every `/v1/messages` body in the order it arrived, those answered with an error included. */
  requests: ModelRequest[]
  /** Settles when a stream first stands at this gate. */
  reached(gate: string): Promise<void>
  /** Opens the gate, now and for all that come later. */
  release(gate: string): void
  /** Stops listening and cuts the streams that are still open. */
  close(): Promise<void>
}

/** Starts the scripted model API on a free port of 127.0.0.1. See `Step` for what a script can say. */
export async function startModelApi(): Promise<ModelApi> {
  const requests: ModelRequest[] = []
  const overloads = new Map<string, number>()
  const gates = new Map<string, Gate>()
  const gate = (name: string) => gates.get(name) ?? gates.set(name, newGate()).get(name)!
  // Ids are unique across servers: a conversation can go on with another one.
  const run = randomBytes(3).toString('hex')

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => fail(response, 400, String(error)))
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0]
    if (request.method !== 'POST') return void response.end()
    if (path === '/v1/messages/count_tokens') return reply(response, 200, { input_tokens: 12 })
    if (path !== '/v1/messages') return fail(response, 404, `no ${path} here`)
    const body = (await json(request)) as ModelRequest
    const id = `${run}_${requests.push(body)}`
    const { step, key } = nextStep(body.messages)
    if (step.status) return fail(response, step.status, `scripted ${step.status}`)
    if (overloaded(step, `${body.metadata?.user_id} ${key}`)) return fail(response, 529, 'Overloaded')
    const { message, events } = answerOf(step, body.model, id)
    if (body.stream) return await stream(response, events, step, breaksOff(step, `broken ${key}`))
    reply(response, 200, message)
  }

  function overloaded(step: Step, key: string): boolean {
    const times = (overloads.get(key) ?? 0) + 1
    overloads.set(key, times)
    return times <= (step.overloaded ?? 0)
  }

  function breaksOff(step: Step, key: string): boolean {
    const times = (overloads.get(key) ?? 0) + 1
    overloads.set(key, times)
    return times <= (step.broken ?? 0)
  }

  async function stream(
    response: ServerResponse,
    events: StreamEvent[],
    step: Step,
    broken: boolean,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    for (const [at, event] of events.entries()) {
      if (step.delayMs && event.type === 'content_block_delta') await sleep(step.delayMs)
      if (step.gate && at === events.length >> 1) {
        gate(step.gate).reached.resolve()
        await gate(step.gate).released.promise
      }
      if (broken && at === events.length >> 1) {
        // What was written is to arrive first.
        await new Promise((resolve) => response.write(': broken\n\n', resolve))
        response.destroy()
      }
      if (response.destroyed) return
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    }
    response.end()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reached: (name) => gate(name).reached.promise,
    release: (name) => gate(name).released.resolve(),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

type Gate = { reached: PromiseWithResolvers<void>; released: PromiseWithResolvers<void> }

function newGate(): Gate {
  return { reached: Promise.withResolvers<void>(), released: Promise.withResolvers<void>() }
}

const errorTypes: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}

function fail(response: ServerResponse, status: number, message: string): void {
  const type = errorTypes[status] ?? 'invalid_request_error'
  reply(response, status, { type: 'error', error: { type, message } })
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
