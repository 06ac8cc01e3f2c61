/**
 * Whether what is set for a session is as it was last set: on record before that is acknowledged, shown with the answer,
 * and what its next agent is started with.
 */
import type { SessionEdit } from '../../src/runtime/log/store.ts'
import { type EntryOf, type History, isA, sessionsOf } from './history.ts'
import { isAccepted, isRefused, wishesOf } from './requests.ts'

type Settings = Required<Omit<SessionEdit, 'allowedAfter'>>

const AT_FIRST: Settings = { title: null, archived: false, model: null, permissionMode: 'ask' }

export const checkSettings = (history: History): string[] => [
  ...wishesOf(history).flatMap(({ wish, requests }) => {
    if (wish.what !== 'set') return []
    const times = history.filter((entry) => isEditOf(entry, wish)).length
    const timesMax = requests.filter(({ answer }) => !isRefused(answer)).length
    return [
      ...(times > timesMax
        ? [`${wish.wish}: was set ${times} times, and should be ${timesMax} at most`]
        : []),
      ...requests.flatMap(({ asked, answer }) =>
        isAccepted(answer) && !isShown(history, asked, answer!)
          ? [`${wish.wish}: request ${asked.request} was acknowledged, and it is not so`]
          : [],
      ),
    ]
  }),
  ...sessionsOf(history).flatMap((session) => checkTurns(history, session)),
]

const isEditOf = (entry: History[number], { session, body }: EntryOf<'asked'>): boolean =>
  entry.type === 'edited' && entry.session === session && entry.edit.title === JSON.parse(body).title

/** All that held for a session from one place in the history to another. */
function heldBetween(history: History, session: string, from: number, to: number): Settings[] {
  let settings = AT_FIRST
  const held: Settings[] = []
  for (const [index, entry] of history.slice(0, to).entries()) {
    if (entry.type !== 'edited' || entry.session !== session) continue
    if (index >= from) held.push(settings)
    settings = { ...settings, ...entry.edit }
  }
  return [...held, settings]
}

function isShown(history: History, asked: EntryOf<'asked'>, answer: EntryOf<'answered'>): boolean {
  const edited = history.findIndex((entry) => isEditOf(entry, asked))
  const answered = history.indexOf(answer)
  if (edited === -1 || edited > answered) return false
  const { title, archived, model, permissionMode } = answer.answer as Settings
  return heldBetween(history, asked.session, edited + 1, answered).some(
    (held) =>
      held.title === title &&
      held.archived === archived &&
      held.model === model &&
      held.permissionMode === permissionMode,
  )
}

function checkTurns(history: History, session: string): string[] {
  const opened = new Map<number, number>()
  return history.flatMap((entry, index) => {
    if (entry.type === 'spawned' && entry.session === session) {
      const { turn, permissionMode } = entry
      const held = heldBetween(history, session, opened.get(turn) ?? index, index)
      return held.some((settings) => settings.permissionMode === permissionMode)
        ? []
        : [`${session}: turn ${turn} runs with the permission mode ${permissionMode}`]
    }
    if (entry.type !== 'stored' || entry.session !== session) return []
    const user = entry.events.find(({ kind }) => kind === 'user')
    const start = entry.events.find(({ kind }) => kind === 'turn_start')
    if (user?.kind !== 'user' || start?.kind !== 'turn_start') return []
    opened.set(user.turn, index)
    const asked = history.filter(isA('asked')).find(({ body }) => body === user.text)
    const held = heldBetween(history, session, asked ? history.indexOf(asked) : index, index)
    return held.some(({ model }) => model === start.model)
      ? []
      : [`${session}: turn ${user.turn} has the model ${start.model}`]
  })
}
