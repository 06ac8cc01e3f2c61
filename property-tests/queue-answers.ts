/**
 * Whether a log bears out what was answered to those who asked. Pure: knows the wire's shapes and no server. Who was not
 * answered, because the server died, may or may not have had what they wanted; but once at most.
 */
import type { Event } from '../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../src/machines/fold.ts'
import { heldBy, isDue, type QueueAfterCancel } from '../src/runtime/queue/rules.ts'

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

/** @returns what is wrong; empty when all is well */
export function checkAnswers(
  events: readonly Event[],
  requests: readonly Request[],
  afterCancel: QueueAfterCancel,
): string[] {
  const asked = (ask: Request['ask']): Request[] => requests.filter((request) => request.ask === ask)
  return [
    ...asked('prompt').flatMap((request) => checkPrompt(events, request)),
    ...[...asked('prompt'), ...asked('edit')].flatMap((request) => checkTrace(events, requests, request)),
    ...checkTaken(events, asked('remove'), asked('clear')),
    ...checkTurns(events, asked('resume'), afterCancel),
    ...checkKeys(requests),
  ]
}

const say = (isWrong: boolean, what: string): string[] => (isWrong ? [what] : [])
const isGone = (event: Event): boolean =>
  event.kind === 'dequeued' && (event.reason === 'removed' || event.reason === 'cleared')

/** An acknowledged prompt runs once, or was taken away, or still waits. */
function checkPrompt(events: readonly Event[], { text, answer }: Request): string[] {
  if (answer === undefined) return []
  if (answer.turn !== undefined) {
    const user = events[answer.eventId]
    return say(
      user?.kind !== 'user' || user.text !== text || user.turn !== answer.turn,
      `${text} did not run`,
    )
  }
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
function checkTurns(events: readonly Event[], resumes: Request[], afterCancel: QueueAfterCancel): string[] {
  const violations: string[] = []
  const isResumed = (turn: number): boolean =>
    resumes.some((request) => request.answer?.turn === turn || isOpen(request))
  let fold = EMPTY_FOLD
  for (const event of events) {
    const isDirect = event.kind === 'user' && event.promptId === undefined
    const isStart = event.kind === 'dequeued' && event.reason === 'started'
    violations.push(
      ...say(isDirect && isDue(fold, afterCancel), `turn ${event.turn} overtook those that wait`),
      ...say(
        isStart && heldBy(fold, afterCancel) !== null && !isResumed(fold.turn + 1),
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
