/** fetch, for a server under test: it has the certificate whose file this user can read, under whatever name. */
import { request } from 'node:https'
import { Readable } from 'node:stream'

/** @param cert PEM: the one certificate that is trusted */
export const createPinnedFetch =
  (cert: string): typeof globalThis.fetch =>
  (input, init) => {
    const { method, headers, signal, body } = new Request(input, init)
    const options = {
      ...{ method, headers: Object.fromEntries(headers), signal },
      // It may have been signed by somebody else, and for other names than an address of loopback.
      ...{ ca: cert, allowPartialTrustChain: true, checkServerIdentity: () => undefined },
    }
    return new Promise((resolve, reject) => {
      const sent = request(String(input), options, (answer) => {
        const { statusCode: status, headersDistinct } = answer
        const fields = Object.entries(headersDistinct).map(
          ([name, values]) => [name, String(values)] as [string, string],
        )
        const hasBody = status !== 204
        resolve(
          new Response(hasBody ? (Readable.toWeb(answer) as ReadableStream) : null, {
            status: status!,
            headers: fields,
          }),
        )
      })
      sent.on('error', reject)
      if (body === null) sent.end()
      else Readable.fromWeb(body as never).pipe(sent)
    })
  }
