/**
 * Whether what was allowed for good holds for every later turn, until a permission mode is set, and nothing else does.
 */
import { type EntryOf, type History, isA, sessionsOf } from './history.ts'

/** From which entry on; `mayHave` and `hasSurely` lost it before another one. */
type Allowance = { approvalId: string; since: number }
type Forgetting = { asked: number; edited: number }

export const checkAllowances = (history: History): string[] =>
  sessionsOf(history).flatMap((session) => {
    const allowances = allowancesOf(history, session)
    const forgettings = forgettingsOf(history, session)
    return history.filter(isA('spawned')).flatMap((agent) => {
      if (agent.session !== session) return []
      const spawned = history.indexOf(agent)
      const opened = history.findIndex((entry) => isOpeningOf(entry, agent))
      const due = allowances.filter(
        ({ since }) =>
          since < opened && forgettings.every(({ edited }) => edited < since || edited > spawned),
      )
      const mayBe = allowances.filter(
        ({ since }) =>
          since < spawned && forgettings.every(({ asked, edited }) => asked < since || edited > opened),
      )
      const name = `${session}: turn ${agent.turn}`
      return [
        ...due.flatMap(({ approvalId }) =>
          agent.allowed.includes(approvalId) ? [] : [`${name} has to ask for ${approvalId} again`],
        ),
        ...agent.allowed.flatMap((allowed) =>
          mayBe.some(({ approvalId }) => approvalId === allowed)
            ? []
            : [`${name} need not ask for ${allowed}`],
        ),
      ]
    })
  })

const allowancesOf = (history: History, session: string): Allowance[] =>
  history.flatMap((entry, since) => {
    if (entry.type !== 'stored' || entry.session !== session) return []
    return entry.events.flatMap((event) =>
      event.kind === 'approval_resolved' && event.always ? [{ approvalId: event.approvalId, since }] : [],
    )
  })

const forgettingsOf = (history: History, session: string): Forgetting[] =>
  history.flatMap((entry, edited) => {
    if (entry.type !== 'edited' || entry.session !== session || entry.edit.permissionMode === undefined)
      return []
    const asked = history.findIndex(
      (other) =>
        other.type === 'asked' && other.what === 'set' && JSON.parse(other.body).title === entry.edit.title,
    )
    return [{ asked, edited }]
  })

const isOpeningOf = (entry: History[number], { session, turn }: EntryOf<'spawned'>): boolean =>
  entry.type === 'stored' &&
  entry.session === session &&
  entry.events.some((event) => event.kind === 'user' && event.turn === turn)
