/** A fetch without a network, for tests that own the chunks or the clock: one answer for each call, the last for the rest. */

export type Call = { url: string; init: RequestInit; cursor: number }

export function scriptFetch(...answers: ((call: Call) => Response | Promise<Response>)[]) {
  const calls: Call[] = []
  const scripted: typeof globalThis.fetch = async (input, init = {}) => {
    const cursor = Number(new Headers(init.headers).get('last-event-id') ?? -1)
    const call = { url: String(input), init, cursor }
    calls.push(call)
    init.signal?.throwIfAborted()
    return answers[Math.min(calls.length, answers.length) - 1]!(call)
  }
  return { fetch: scripted, calls }
}

export function streamOf(chunks: Uint8Array[], ending: 'end' | 'error' | 'open' = 'end'): Response {
  const rest = chunks.values()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = rest.next()
      if (!done) return controller.enqueue(value)
      if (ending === 'end') controller.close()
      if (ending === 'error') controller.error(new TypeError('terminated'))
      return undefined
    },
  })
  return eventStream(body)
}

export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } })
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ status, code, title: 'No', detail: `because of ${code}` }, { status, headers })
}
