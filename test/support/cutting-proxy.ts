/**
 * A bad network with a credential: adds the token that an EventSource cannot send, and cuts each of the first few
 * streams in the middle of a frame. It serves one empty page, so that a browser has an origin to attach from.
 */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** @param cutAfterBytes one stream each: how much of its body arrives */
export async function createCuttingProxy(target: { url: string; token: string }, cutAfterBytes: number[]) {
  const cuts = [...cutAfterBytes]
  const lastEventIds: (string | undefined)[] = []

  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/')
      return void outgoing.setHeader('content-type', 'text/html').end('<!doctype html>')
    lastEventIds.push(incoming.headers['last-event-id'] as string | undefined)
    const headers = { ...incoming.headers, authorization: `Bearer ${target.token}` }
    const upstream = request(target.url + incoming.url, { headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      let left = cuts.shift() ?? Number.POSITIVE_INFINITY
      answer.on('data', (chunk: Buffer) => {
        const part = chunk.subarray(0, left)
        left -= part.length
        if (left > 0) return void outgoing.write(part)
        upstream.destroy()
        outgoing.write(part, () => outgoing.destroy())
      })
      answer.on('end', () => outgoing.end())
      answer.on('error', () => outgoing.destroy())
    })
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    upstream.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The cursor of each connection, as the client sent it. */
    lastEventIds,
    /** Cuts that no stream has met yet. */
    cutsLeft: () => cuts.length,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
