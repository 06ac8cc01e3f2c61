/**
 * A fetch that tells how much of its body has been sent, which fetch itself cannot say. For browsers, and bodies that are
 * known before they are sent; it follows redirects. Knows no route.
 */

export const canTell = (): boolean => typeof XMLHttpRequest === 'function'

/** @param onProgress told the share of the body that is on its way, 0 to 1 */
export const createToldFetch =
  (onProgress: (share: number) => void): typeof globalThis.fetch =>
  (url, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open(method, String(url))
      request.responseType = 'blob'
      for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value)
      request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1)
      request.onload = () => {
        const { status, statusText, response } = request
        resolve(new Response(status === 204 ? null : (response as Blob), { status, statusText }))
      }
      request.onerror = () => reject(new TypeError('the request failed'))
      const abort = (): void => {
        request.abort()
        reject(signal?.reason)
      }
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort)
      request.send(body as XMLHttpRequestBodyInit)
    })
