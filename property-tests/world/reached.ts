/** What a history has come to, of all that runs should come to: told by it alone. */
import type { Event } from '../../src/machines/events.ts'
import {
  agentsOf,
  type Entry,
  type EntryOf,
  type History,
  isA,
  logOf,
  sessionsOf,
} from '../checkers/history.ts'
import { seeLives } from './reached-lives.ts'
import type { See, Sights } from './sights.ts'

export function reachedIn(history: History, turnTimeoutMs: number): (keyof Sights)[] {
  const reached: (keyof Sights)[] = []
  const see = (sight: keyof Sights, isSeen: boolean): void => {
    if (isSeen) reached.push(sight)
  }
  seeLives(history, see)
  for (const session of sessionsOf(history)) {
    const log = logOf(history, session)
    const codes = log.flatMap((event) =>
      event.kind === 'error' || event.kind === 'notice' ? [event.code] : [],
    )
    see('timeout', codes.includes('timed_out'))
    see('start failed', codes.includes('spawn_failed'))
    see('waited for a slot', codes.includes('waiting_for_slot'))
    for (const event of log) {
      see('prompt queued', event.kind === 'queued')
      see('prompt started from the queue', event.kind === 'dequeued' && event.reason === 'started')
      see('prompt edited', event.kind === 'dequeued' && event.reason === 'edited')
      see('prompt removed', event.kind === 'dequeued' && event.reason === 'removed')
      see('approval that nobody answered', event.kind === 'approval_resolved' && event.by === 'deadline')
      if (event.kind !== 'cancelling') continue
      const cancel = history.findIndex((entry) => entry.type === 'stored' && entry.events.includes(event))
      const [agent] = agentsOf(history, session, event.turn)
      const end = history.findIndex((entry) => isEndOf(entry, session, event.turn))
      const cancelledAt = history[cancel]!.at
      see('cancel during spawn', agent === undefined || history.indexOf(agent) > cancel)
      if (agent === undefined || end === -1) continue
      const dueAt = agent.at + turnTimeoutMs
      see('timeout while cancelling', dueAt > cancelledAt && dueAt <= history[end]!.at)
      const exit = history.filter(isA('exited')).find((entry) => entry.agent === agent.agent)
      see('cancel in the tick of exit', exit?.by === 'itself' && exit.at === cancelledAt)
    }
  }
  for (const [index, entry] of history.entries()) {
    const next = history[index + 1]
    if (entry.type === 'asked' && next?.type === 'asked')
      see(
        'two prompts in a tick',
        entry.session === next.session && entry.what === 'prompt' && next.what === 'prompt',
      )
    if (entry.type === 'answered') seeAnswer(history.slice(0, index), entry, see)
    if (entry.type === 'crashed') see('adopted while cancelling', wasCancelling(history.slice(0, index)))
    if (entry.type === 'unanswered') {
      const asked = history.filter(isA('asked')).find(({ request }) => request === entry.request)!
      const log = logOf(history.slice(0, index), asked.session)
      see(
        'crash between append and acknowledgement',
        log.some((event) => event.kind === 'user' && event.text === asked.body),
      )
    }
  }
  return reached
}

function seeAnswer(before: History, { request, status, answer }: EntryOf<'answered'>, see: See): void {
  const at = before.findIndex((entry) => entry.type === 'asked' && entry.request === request)
  const { what, target, session } = before[at] as EntryOf<'asked'>
  const isStarted = (events: readonly Event[]): boolean =>
    events.some(
      (event) => event.kind === 'dequeued' && event.promptId === target && event.reason === 'started',
    )
  const since = before.slice(at)
  see('prompt edited in the tick it starts', what === 'edit' && isStarted(logOf(since, session)))
  see('queue resumed', what === 'resume' && status === 202)
  if (what !== 'answer') return
  see('approval answered', status === 200)
  see('approval answered too late', answer === 'already_resolved')
  const asked = before.findIndex((entry) => entry.type === 'wanted' && entry.approvalId === target)
  const isAfter = before.slice(asked, at).some(({ type }) => type === 'crashed')
  see('approval answered after a restart', status === 200 && isAfter)
}

const isEndOf = (entry: Entry, session: string, turn: number): boolean =>
  entry.type === 'stored' &&
  entry.session === session &&
  entry.events.some((event) => event.kind === 'turn_end' && event.turn === turn)

const wasCancelling = (before: History): boolean =>
  sessionsOf(before).some((session) => {
    const newest = before.filter(isA('stored')).findLast((entry) => entry.session === session)
    return newest?.fold.state === 'cancelling'
  })
