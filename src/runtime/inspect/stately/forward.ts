/** Passes every inspection that is on to Stately's tools, for as long as it is. */
import type { Step } from '../../../machines/inspection.ts'
import type { Inspections } from '../inspections.ts'
import { createStatelyEvents } from './stately-events.ts'
import type { StatelySocket } from './stately-socket.ts'

/** @returns how to end it */
export function forwardToStately(
  inspections: Pick<Inspections, 'get' | 'onAnyChange'>,
  { send, close }: StatelySocket,
  now: () => Date,
): () => void {
  type Forwarded = { nextSeq: number; events: ReturnType<typeof createStatelyEvents> }
  const forwarded = new Map<string, Forwarded>()
  const stop = inspections.onAnyChange((id, change) => {
    const inspection = inspections.get(id)
    if (change === 'inspected') {
      forwarded.delete(id)
      if (inspection === undefined) return
      const events = createStatelyEvents(id)
      forwarded.set(id, { nextSeq: 0, events })
      for (const event of events.begin(inspection.view(), now().toISOString())) send(event)
    }
    const session = forwarded.get(id)
    if (inspection === undefined || session === undefined) return
    const steps = inspection.stepsFrom(session.nextSeq).map((json): Step => JSON.parse(json))
    session.nextSeq = inspection.nextSeq
    for (const event of steps.flatMap(session.events.step)) send(event)
  })
  return () => {
    stop()
    close()
  }
}
