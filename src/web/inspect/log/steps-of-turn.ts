/**
 * All steps of one turn, from its events alone: those of the session machine, which the log decides, and between them
 * those of its process, as far as it tells. Pure, and never throws: a log may be damaged, or of another version.
 */
import type { Event, Step } from '../../../client/index.ts'
import type { LoggedStep } from './logged-step.ts'
import { createProcessReader, type ProcessReader } from './process-steps.ts'
import { sessionSteps } from './session-steps.ts'

type SessionStep = ReturnType<typeof sessionSteps>[number]

/** @param events of one turn, in order, from its `user` on; those of the queue may lie between */
export function stepsOfTurn(events: readonly Event[]): LoggedStep[] {
  const turn = events.find(({ kind }) => kind === 'user')?.turn ?? events[0]?.turn ?? 0
  const process = createProcessReader()
  const isResult = (event: Event): boolean => event.kind === 'result'
  // Those in the background may ask after a result: the last one is the one after which the agent should go.
  const lastResult = events.findLast((event) => isResult(event) || event.kind === 'approval')
  const steps: LoggedStep[] = []
  const add = (step: Parameters<typeof complete>[0], eventId: number): void => {
    steps.push(complete(step, { seq: steps.length, turn, eventId }))
  }

  let open = 0
  let newest = (events[0]?.id ?? 0) - 1
  for (const step of sessionSteps(events)) {
    const flush = (): void => {
      for (const told of process.takeSteps()) add(told, newest)
    }
    const asked = openAfter(step, open)
    tellBefore(process, step)
    flush()
    add(step, step.eventId)
    newest = step.eventId
    tellAfter(process, step, { before: open, after: asked })
    if (step.events?.some((event) => event === lastResult && isResult(event))) process.finish(step.at)
    flush()
    open = asked
  }
  return steps
}

/** What made the process say this, or came to it first. */
function tellBefore(process: ProcessReader, { event: { type }, at, events = [] }: SessionStep): void {
  if (type === 'OUTPUT') process.beforeOutput(at, events[0]!)
  if (type.startsWith('xstate.')) process.conclude(at, events)
}

/** What the session has told its process since. */
function tellAfter(process: ProcessReader, step: SessionStep, open: { before: number; after: number }): void {
  const { type } = step.event
  const { at } = step
  if (type === 'PROMPT') process.begin(at)
  if (type === 'CANCEL') process.stop(at)
  if (type === 'ANSWER' || type === 'EXPIRE') process.answer(at)
  if (type.startsWith('xstate.')) process.end()
  // An agent that is not to be told anything any more is past asking.
  if (type === 'CANCEL' || type === 'DEAF') return
  if (open.before === 0 && open.after > 0) process.ask(at)
  if (open.before > 0 && open.after === 0) process.answerAll(at)
}

function openAfter({ changes = [] }: SessionStep, before: number): number {
  const change = changes.find(({ field }) => field === 'asked')
  return change === undefined ? before : (change.after as unknown[]).length
}

const complete = (
  step: Partial<LoggedStep> & Pick<Step, 'at' | 'from' | 'to' | 'event'>,
  place: { seq: number; turn: number; eventId: number },
): LoggedStep => ({
  ...{ before: [], after: [], taken: [], actions: [], changes: [], timers: [], events: [], guess: null },
  ...step,
  ...place,
})
