/** What a history has come to of the lives of sessions, servers and supervisors: told by it alone. */
import { agentsOf, type EntryOf, type History, isA, logOf, sessionsOf } from '../checkers/history.ts'
import type { See } from './sights.ts'

export function seeLives(history: History, see: See): void {
  for (const [index, entry] of history.entries()) {
    const before = history.slice(0, index)
    if (entry.type === 'deleted') seeDeletion(before, entry, see)
    if (entry.type === 'removed') {
      const deleted = before.findLastIndex((one) => one.type === 'deleted' && one.session === entry.session)
      const isLater = before.slice(deleted).some(({ type }) => type === 'crashed' || type === 'stopped')
      see('deletion gone on with by the next server', isLater)
    }
    if (entry.type === 'despaired') {
      const { session } = before.filter(isA('attached')).findLast(({ stream }) => stream === entry.stream)!
      see('stream of a deleted session ended', isDeletedIn(before, session))
    }
    if (entry.type === 'answered') seeAnswer(before, entry, see)
    if (entry.type === 'restarted') see('machine restarted', true)
    if (entry.type === 'stopping') see('stopped with something unsaid', isUnsaidIn(before))
  }
  for (const session of sessionsOf(history)) seeTurns(history, session, see)
}

const isDeletedIn = (history: History, session: string): boolean =>
  history.some((entry) => entry.type === 'deleted' && entry.session === session)

function seeDeletion(before: History, { session }: EntryOf<'deleted'>, see: See): void {
  const fold = before.filter(isA('stored')).findLast((entry) => entry.session === session)?.fold
  see('session deleted', true)
  see('session deleted with prompts that wait', (fold?.queue.length ?? 0) > 0)
  const asked = before.find(
    (entry) => entry.type === 'asked' && entry.what === 'delete' && entry.session === session,
  )
  const agents = before.filter(isA('spawned')).filter((entry) => entry.session === session)
  const exits = before.slice(0, before.indexOf(asked!)).filter(isA('exited'))
  see(
    'session deleted with a turn that runs',
    agents.some(({ agent }) => exits.every((exit) => exit.agent !== agent)),
  )
}

function seeAnswer(before: History, { request, status, answer }: EntryOf<'answered'>, see: See): void {
  const asked = before.filter(isA('asked')).find((entry) => entry.request === request)!
  const { what, attachments = [], body, session } = asked
  see('session opened under an id that is taken', what === 'open' && status === 200)
  see('deletion refused', what === 'delete' && status === 507)
  see('deleted id asked for', answer === 'session_deleted')
  see('deleted session asked for', answer === 'session_not_found' && isDeletedIn(before, session))
  see('session set', what === 'set' && status === 200)
  see('setting refused', what === 'set' && status === 507)
  see('prompt with a file that is not there', answer === 'attachment_not_found')
  see('prompt with a file', attachments.length > 0 && status === 202)
  const isRunning = before.filter(isA('stored')).findLast((entry) => entry.session === session)?.fold.opened
  see(
    'permission mode set while a turn runs',
    what === 'set' && status === 200 && body.includes('permissionMode') && isRunning != null,
  )
}

/** Whether somebody was told that what has been done is not on record yet. */
function isUnsaidIn(before: History): boolean {
  const last = before.findLast(({ type }) => type === 'answered' || type === 'stored')
  return last?.type === 'answered' && last.status === 507
}

function seeTurns(history: History, session: string, see: See): void {
  const log = logOf(history, session)
  const always: string[] = []
  for (const event of log) {
    if (event.kind === 'approval_resolved' && event.always) always.push(event.approvalId)
    see('always allowed', event.kind === 'approval_resolved' && event.always === true)
    see('queue cleared', event.kind === 'dequeued' && event.reason === 'cleared')
    see('prompt with a file that waited', event.kind === 'user' && !!event.promptId && !!event.attachments)
    see('turn lost', event.kind === 'turn_end' && event.outcome === 'lost')
    see('turn interrupted', event.kind === 'turn_end' && event.outcome === 'interrupted')
    if (event.kind !== 'user') continue
    const [agent] = agentsOf(history, session, event.turn)
    if (agent === undefined) continue
    see('allowance of an older turn', agent.allowed.length > 0)
    see('allowance forgotten', always.length > agent.allowed.length)
    const since = history.slice(history.indexOf(agent))
    const end = since.findIndex(
      (entry) =>
        entry.type === 'stored' &&
        entry.events.some(
          ({ kind, turn }) => kind === 'turn_end' && turn === event.turn && entry.session === session,
        ),
    )
    const isGone = since.slice(0, end).some((entry) => entry.type === 'restarted' && !entry.keepsRuns)
    see('run gone with the machine', isGone)
  }
}
