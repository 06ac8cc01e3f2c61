/**
 * Whether what a log says of prompts that wait makes sense: what stops waiting did wait, what comes waits behind the
 * others, what was edited keeps its place, and one that has started is the very prompt of the turn that follows. Knows no server.
 */
import type { LoggedEvent, Violation } from './violation.ts'

type Waiting = { promptId: string | undefined; text: string | undefined }
/** What the very next event has to be, since both are one append. */
type Promised = { kind: 'user' | 'queued'; place: number } & Waiting

/** @returns what is wrong, in the order of the list; empty when all is well */
export function checkQueue(events: readonly LoggedEvent[]): Violation[] {
  const violations: Violation[] = []
  const gone = new Set<string | undefined>()
  let waiting: Waiting[] = []
  let promised: Promised | null = null
  for (const [position, event] of events.entries()) {
    const { promptId, text } = event
    const place = waiting.findIndex((prompt) => prompt.promptId === promptId)
    const faults = [
      ...checkPromise(promised, event),
      ...checkEvent(event, { waiting, gone, place, promised }),
    ]
    violations.push(...faults.map((what) => ({ position, event, what })))
    promised = null
    if (event.kind === 'queued') waiting = waiting.toSpliced((event.position ?? 1) - 1, 0, { promptId, text })
    if (event.kind !== 'dequeued' || place === -1) continue
    if (event.reason === 'started') promised = { kind: 'user', place, ...waiting[place]! }
    if (event.reason === 'edited') promised = { kind: 'queued', place, promptId, text: undefined }
    else gone.add(promptId)
    waiting = waiting.toSpliced(place, 1)
  }
  return violations
}

function checkPromise(promised: Promised | null, event: LoggedEvent): string[] {
  if (promised === null) return []
  const { kind, promptId, text, place } = promised
  if (event.kind !== kind || event.promptId !== promptId)
    return [`${kind} of the prompt ${promptId} should follow`]
  if (kind === 'user') return event.text === text ? [] : ['the text is not what waited']
  return event.position === place + 1 ? [] : [`the position should still be ${place + 1}`]
}

function checkEvent(
  event: LoggedEvent,
  known: { waiting: Waiting[]; gone: Set<string | undefined>; place: number; promised: Promised | null },
): string[] {
  const { waiting, gone, place, promised } = known
  const { kind, promptId, position = 0, reason } = event
  switch (kind) {
    case 'queued':
      if (place !== -1) return [`the prompt ${promptId} waits already`]
      if (gone.has(promptId)) return [`the prompt ${promptId} has waited before`]
      if (promised?.kind === 'queued') return []
      return position === waiting.length + 1 ? [] : [`the position should be ${waiting.length + 1}`]
    case 'dequeued':
      if (place === -1) return [`no prompt ${promptId} waits`]
      if (reason === 'started' && place !== 0) return ['another prompt was next']
      return REASONS.has(reason) ? [] : [`the reason ${reason} is unknown`]
    case 'user':
      return promptId === undefined || promised?.kind === 'user'
        ? []
        : [`the prompt ${promptId} did not wait`]
    default:
      return []
  }
}

const REASONS = new Set<string | undefined>(['started', 'removed', 'edited', 'cleared'])
