/**
 * A connection to the bridge that a developer has started on this machine (`createInspectorServer` of
 * `@statelyai/inspect/server`). This server connects there, and listens for nobody: any page could ask a port.
 */
import { LIMITS } from '../../limits.ts'

export type StatelySocket = ReturnType<typeof openStatelySocket>

/** @param url `ws://127.0.0.1:8080`. A bridge that is not there is tried again and again */
export function openStatelySocket(url: string, retryMs: number = LIMITS.statelyRetryMs) {
  let socket: WebSocket | null = null
  let retry: NodeJS.Timeout | null = null
  let closed = false
  /** The newest that nobody has been sent. */
  let waiting: string[] = []

  const flush = (): void => {
    if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > LIMITS.waitingBytesMax) return
    for (const message of waiting) socket.send(message)
    waiting = []
  }
  const connect = (): void => {
    socket = new WebSocket(url)
    socket.onopen = flush
    // A failure closes it as well.
    socket.onclose = () => {
      if (!closed) retry = setTimeout(connect, retryMs).unref()
    }
  }
  connect()

  return {
    send(event: object): void {
      waiting.push(JSON.stringify(event))
      if (waiting.length > LIMITS.statelyEventsMax) waiting.shift()
      flush()
    },
    close(): void {
      closed = true
      if (retry !== null) clearTimeout(retry)
      socket?.close()
    },
  }
}
