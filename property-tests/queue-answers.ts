/**
 * Whether a log bears out what was answered to those who asked. Pure: knows the wire's shapes and no server. Who was not
 * answered, because the server died, may or may not have had what they wanted; but once at most.
 */
import type { Event } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../src/machines/fold.ts'
import type { QueueAfterCancel } from '../src/runtime/queue/rules.ts'

export type Request = {
  ask: 'prompt' | 'edit' | 'remove' | 'clear' | 'resume' | 'cancel'
  /** Of a prompt or an edit: no other has it, but those under the same key. */
  text: string
  /** Of an edit or a removal. */
  promptId: string | null
  key: string | null
  // biome-ignore lint/suspicious/noExplicitAny: as it was answered, whatever it is
  answer?: any
  /** The code of the error. */
  refused?: string
}

export const isOpen = ({ answer, refused }: Request): boolean => answer === undefined && refused === undefined

/** Independent of how the server does it. */
const isHeld = ({ queueHeld }: SessionFold, afterCancel: QueueAfterCancel): boolean =>
  queueHeld === 'not_started' || (queueHeld === 'cancelled' && afterCancel === 'hold')
export const isDue = (fold: SessionFold, afterCancel: QueueAfterCancel): boolean =>
  fold.state === 'idle' && fold.queue.length > 0 && !isHeld(fold, afterCancel)

/** @returns what is wrong; empty when all is well */
export function checkAnswers(
  events: readonly Event[],
  requests: readonly Request[],
  afterCancel: QueueAfterCancel,
): string[] {
  const asked = (ask: Request['ask']): Request[] => requests.filter((request) => request.ask === ask)
  return [
    ...[...asked('prompt'), ...asked('resume')].flatMap((request) => checkTurn(events, request)),
    ...asked('prompt').flatMap((request) => checkQueued(events, request)),
    ...[...asked('edit'), ...asked('remove')].flatMap((request) => checkRefusal(events, request)),
    ...[...asked('prompt'), ...asked('edit')].flatMap((request) => checkTrace(events, requests, request)),
    ...checkTaken(events, asked('remove'), asked('clear')),
    ...checkTurns(events, asked('resume'), asked('cancel'), afterCancel),
    ...checkKeys(requests),
  ]
}

const say = (isWrong: boolean, what: string): string[] => (isWrong ? [what] : [])
const isGone = (event: Event): boolean =>
  event.kind === 'dequeued' && (event.reason === 'removed' || event.reason === 'cleared')

/** A turn that was acknowledged began, and where it was said to begin. */
function checkTurn(events: readonly Event[], { ask, text, answer }: Request): string[] {
  if (answer?.turn === undefined) return []
  const user = events[answer.eventId]
  const isIt = user?.kind === 'user' && user.turn === answer.turn
  return say(!isIt || (ask === 'prompt' && user.text !== text), `${text} did not begin turn ${answer.turn}`)
}

/** An acknowledged prompt runs once, or was taken away, or still waits. */
function checkQueued(events: readonly Event[], { text, answer }: Request): string[] {
  if (answer?.queued === undefined) return []
  const own = events.filter((event) => 'promptId' in event && event.promptId === answer.promptId)
  const [first] = own
  const ends = own.filter((event) => event.kind === 'user' || isGone(event)).length
  const { queue } = events.reduce(foldEvent, EMPTY_FOLD)
  const waits = queue.filter(({ promptId }) => promptId === answer.promptId).length
  return [
    ...say(first?.kind !== 'queued' || first.text !== text, `${text} was not queued`),
    ...say(first?.kind !== 'queued' || first.position !== answer.position, `${text} has another position`),
    ...say(ends + waits !== 1, `${text} ran ${ends} times, and waits ${waits} times`),
  ]
}

/** Whoever came too late was told why. */
function checkRefusal(events: readonly Event[], { promptId, refused }: Request): string[] {
  const own = events.filter((event) => 'promptId' in event && event.promptId === promptId)
  const hasRun = own.some(({ kind }) => kind === 'user')
  return [
    ...say(refused === 'prompt_started' && !hasRun, `${promptId} has not started`),
    ...say(refused === 'prompt_not_found' && own.length > 0 && !own.some(isGone), `${promptId} is there`),
  ]
}

/** What was acknowledged is there once; what was refused, and everybody who asked for it was, is not there. */
function checkTrace(events: readonly Event[], requests: readonly Request[], { text }: Request): string[] {
  const same = requests.filter((request) => request.text === text)
  const times = events.filter(
    (event) =>
      (event.kind === 'queued' || (event.kind === 'user' && event.promptId === undefined)) &&
      event.text === text,
  ).length
  return [
    ...say(times > 1, `${text} is there ${times} times`),
    ...say(times === 0 && same.some(({ answer }) => answer !== undefined), `${text} is not there`),
    ...say(
      times > 0 && same.every(({ refused }) => refused !== undefined),
      `${text} was refused, and is there`,
    ),
  ]
}

/** Nothing was taken away but by those who were told so. */
function checkTaken(events: readonly Event[], removals: Request[], clears: Request[]): string[] {
  const refusedAll = (group: Request[]): boolean => group.every(({ refused }) => refused !== undefined)
  return events.flatMap((event) => {
    if (event.kind !== 'dequeued') return []
    const { promptId, reason } = event
    const own = removals.filter((removal) => removal.promptId === promptId)
    return [
      ...say(reason === 'removed' && refusedAll(own), `${promptId} was removed by nobody`),
      ...say(reason === 'cleared' && refusedAll(clears), `${promptId} was cleared by nobody`),
      ...say(
        reason !== 'removed' && isGone(event) && own.some(({ answer }) => answer !== undefined),
        `${promptId} was removed, and cleared`,
      ),
    ]
  })
}

/** Nothing overtakes what is about to start, and what is held waits to be told. */
function checkTurns(
  events: readonly Event[],
  resumes: Request[],
  cancels: Request[],
  afterCancel: QueueAfterCancel,
): string[] {
  // A cancel that stopped nothing holds what could not begin, and has no record.
  const mayBeHalted = cancels.some(
    ({ answer, refused }) => answer?.cancelled === false || refused !== undefined,
  )
  const violations: string[] = []
  const isResumed = (turn: number): boolean =>
    resumes.some((request) => request.answer?.turn === turn || isOpen(request))
  let fold = EMPTY_FOLD
  for (const event of events) {
    const isDirect = event.kind === 'user' && event.promptId === undefined
    const isStart = event.kind === 'dequeued' && event.reason === 'started'
    violations.push(
      ...say(
        isDirect && isDue(fold, afterCancel) && !mayBeHalted,
        `turn ${event.turn} overtook those that wait`,
      ),
      ...say(
        isStart && isHeld(fold, afterCancel) && !isResumed(fold.turn + 1),
        `turn ${fold.turn + 1} began though the queue was held`,
      ),
    )
    fold = foldEvent(fold, event)
  }
  return violations
}

function checkKeys(requests: readonly Request[]): string[] {
  const groups = Map.groupBy(requests, ({ key }) => key)
  groups.delete(null)
  return [...groups].flatMap(([key, group]) => {
    const answers = new Set(
      group.flatMap(({ answer }) => (answer === undefined ? [] : JSON.stringify(answer))),
    )
    return say(answers.size > 1, `there are ${answers.size} answers under the key ${key}`)
  })
}
