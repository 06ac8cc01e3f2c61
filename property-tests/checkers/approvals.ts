/**
 * Whether what agents ask is answered once: by the first who says something, on record before the agent is told, and as
 * it is told; and when all has arrived, each agent that waits was told.
 */
import type { CauseTerms } from './causes.ts'
import { type EntryOf, type History, isA, isLost, lifeOf, logOf, sessionsOf } from './history.ts'
import { deletedIn } from './sessions.ts'

type Question = { turn: string; resolved: string | null; always: boolean; told: number }

export function checkApprovals(history: History): string[] {
  const questions = new Map<string, Question>()
  const ended = new Set<string>()
  const answers = new Map<number, string>()
  return history.flatMap((entry) => {
    switch (entry.type) {
      case 'stored':
        return entry.events.flatMap((event) => {
          const turn = `${entry.session} ${event.turn}`
          if (event.kind === 'turn_end') ended.add(turn)
          if (event.kind === 'approval')
            questions.set(event.approvalId, { turn, resolved: null, always: false, told: 0 })
          if (event.kind !== 'approval_resolved') return []
          const question = questions.get(event.approvalId)
          if (question === undefined) return [`${event.approvalId}: was answered, and nobody had asked`]
          if (question.resolved !== null) return [`${event.approvalId}: was answered twice`]
          question.resolved = event.decision
          question.always = event.always === true
          return []
        })
      case 'asked':
        if (entry.what === 'answer') answers.set(entry.request, entry.target!)
        return []
      case 'answered': {
        const approvalId = answers.get(entry.request) ?? ''
        const question = questions.get(approvalId)
        const isOpen = question?.resolved === null && !ended.has(question.turn)
        return entry.answer === 'approval_not_open' && isOpen
          ? [`${approvalId}: an answer was refused, and it is open`]
          : []
      }
      case 'told': {
        const { approvalId, decision, always } = entry
        const question = questions.get(approvalId)
        if (question === undefined || question.resolved === null)
          return [`${approvalId}: the agent was told before the answer was on record`]
        question.told++
        if (question.told > 1) return [`${approvalId}: the agent was told twice`]
        if (question.always !== always)
          return [`${approvalId}: the agent was ${always ? '' : 'not '}told that it is for good`]
        if (question.resolved === decision) return []
        return [`${approvalId}: the agent was told ${decision}, and the answer was ${question.resolved}`]
      }
      default:
        return []
    }
  })
}

/** Nobody who waits is forgotten: neither a question that has no end, nor an agent that was not told. */
export const checkToldInTheEnd = (history: History, { turnTimeoutMs }: CauseTerms): string[] => {
  const rest = history.findIndex((entry) => entry.type === 'rest')
  const before = history.slice(0, rest + 1)
  const told = new Set(before.filter(isA('told')).map(({ approvalId }) => approvalId))
  const deleted = deletedIn(before)
  return sessionsOf(before).flatMap((session) => {
    if (deleted.has(session)) return []
    const log = logOf(before, session)
    const { turn, kind } = log.findLast(({ kind }) => kind === 'user' || kind === 'turn_end') ?? {}
    // An agent that is being stopped need not be told.
    if (kind !== 'user' || log.some((event) => event.turn === turn && event.kind === 'cancelling')) return []
    return log.flatMap((event) =>
      event.kind === 'approval_resolved' &&
      event.turn === turn &&
      event.by !== 'agent' &&
      !told.has(event.approvalId) &&
      mayBeTold(before, event.approvalId, turnTimeoutMs ?? Infinity)
        ? [`${event.approvalId}: was answered, and the agent waits for ever`]
        : [],
    )
  })
}

/** It has not gone, and neither is it being stopped because its time is up. */
function mayBeTold(history: History, question: string, turnTimeoutMs: number): boolean {
  const wanted = history.filter(isA('wanted')).find(({ approvalId }) => approvalId === question)
  if (wanted === undefined) return false
  const life = lifeOf(history, wanted.agent)
  if (life.some(({ type }) => type === 'exited' || type === 'concluded')) return false
  if (isLost(history, life[0] as EntryOf<'spawned'>)) return false
  return history.at(-1)!.at < life[0]!.at + turnTimeoutMs
}
