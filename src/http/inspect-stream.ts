/** One reader of an inspection: what is kept of it, then what comes, as frames without an id. */
import type { Socket } from 'node:net'
import type { InspectedSession, Inspections } from '../runtime/inspect/inspections.ts'
import { frame, keepEventStream } from './event-stream.ts'

const stepFrame = (json: string): string => `event: step\ndata: ${json}\n\n`

/**
 * Takes the connection over until the client leaves, or the session is deleted. One that reads slowly misses steps, as
 * their numbers tell, and is not dropped for it.
 */
export function streamInspection(
  socket: Socket,
  { session, inspections }: { session: InspectedSession; inspections: Inspections },
  options: { keepaliveMs: number; onClose: () => void },
): void {
  const stream = keepEventStream(socket, options)
  let ready = true
  let nextSeq = 0
  /** Switched on or off behind a full socket. */
  let isAnew = true
  let isCaughtUp = false

  const pump = (): void => {
    if (!ready) return
    if (isAnew) {
      ready = stream.write(frame('inspection', inspections.view(session.id)))
      nextSeq = 0
      isAnew = false
    }
    const inspection = inspections.get(session.id)
    const steps = inspection?.stepsFrom(nextSeq) ?? []
    nextSeq = inspection?.nextSeq ?? 0
    if (steps.length > 0) ready = stream.write(steps.map(stepFrame).join(''))
    if (!isCaughtUp) stream.write(frame('caught-up', {}))
    isCaughtUp = true
  }

  const showProcesses = (): void => {
    const look = ready ? inspections.get(session.id)?.look() : undefined
    if (look) ready = stream.write(frame('processes', look))
  }

  const unsubscribe = inspections.onChange(session.id, (change) => {
    if (change === 'processes') return showProcesses()
    isAnew ||= change === 'inspected'
    pump()
  })
  const unlisten = session.onEnd(() => void socket.destroySoon())

  socket.on('drain', () => {
    ready = true
    pump()
  })
  socket.on('close', () => {
    unsubscribe()
    unlisten()
  })
  pump()
}
