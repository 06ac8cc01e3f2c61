/** Whether each turn ended for a cause that there was, and for the first one. */
import type { Event } from '../../src/machines/events.ts'
import {
  agentsOf,
  type Entry,
  type EntryOf,
  type History,
  isA,
  lifeOf,
  logOf,
  sessionsOf,
} from './history.ts'

export type CauseTerms = {
  /** How long turns may take; null for ever. */
  turnTimeoutMs: number | null
  /** How long a stop waits to be on record before it is carried out all the same. */
  stopRecordMs: number
  /** How long a server that is told to stop waits for what it has to store. */
  stopWaitMs: number
}

type Turn = {
  events: Event[]
  /** Of its agents, as anybody could know. */
  exits: EntryOf<'exited'>[]
  /** After which nobody can know any more. */
  losses: EntryOf<'lost' | 'restarted'>[]
  words: EntryOf<'concluded'>[]
  /** Whether something happened before the turn's cancel was on record. */
  isBeforeCancel: (entry: Entry) => boolean
  cancelledAt: number
  timeoutAt: number
  /** When the first reason came up to stop it. */
  stopAt: number
  endedAt: number
}

export const checkCauses = (history: History, terms: CauseTerms): string[] =>
  sessionsOf(history).flatMap((session) => {
    const turns = Map.groupBy(
      logOf(history, session).filter(({ kind }) => kind !== 'queued' && kind !== 'dequeued'),
      ({ turn }) => turn,
    )
    return [...turns].flatMap(([turn, events]) => {
      const end = events.at(-1)!
      if (end.kind !== 'turn_end') return []
      const what = checkCause(end, describe(history, session, turn, events, terms), terms)
      return what === null ? [] : [`${session}: turn ${turn} ended as ${end.outcome}, ${what}`]
    })
  })

function describe(
  history: History,
  session: string,
  turn: number,
  events: Event[],
  { turnTimeoutMs }: CauseTerms,
): Turn {
  const stored = (kind: Event['kind']) =>
    history.findIndex((entry) => {
      if (entry.type !== 'stored' || entry.session !== session) return false
      return entry.events.some((event) => event.kind === kind && event.turn === turn)
    })
  const agents = agentsOf(history, session, turn)
  const lives = agents.flatMap(({ agent }) => lifeOf(history, agent))
  const [opened, cancelled, ended] = [stored('user'), stored('cancelling'), stored('turn_end')]
  const timeoutAt = (agents[0]?.at ?? Infinity) + (turnTimeoutMs ?? Infinity)
  const asked = history
    .filter(isA('asked'))
    .find(
      (entry) =>
        entry.session === session &&
        (entry.what === 'cancel' || entry.what === 'delete') &&
        entry.at >= (history[opened]?.at ?? 0),
    )
  const losses = history
    .slice(Math.max(opened, 0), ended)
    .filter((entry): entry is Turn['losses'][number] => isLossOf(entry, session, turn))
  const lostAt = losses.length === 0 ? Infinity : history.indexOf(losses[0]!)
  return {
    events,
    exits: lives
      .filter(isA('exited'))
      .filter((exit) => history.indexOf(exit) < lostAt && exit.by !== 'restart'),
    losses,
    words: lives.filter(isA('concluded')),
    isBeforeCancel: (entry) => cancelled === -1 || history.indexOf(entry) < cancelled,
    cancelledAt: history[cancelled]?.at ?? Infinity,
    timeoutAt,
    stopAt: Math.min(timeoutAt, asked?.at ?? Infinity, lives.find(isA('concluded'))?.at ?? Infinity),
    endedAt: history[ended]!.at,
  }
}

function checkCause(
  end: Event & { kind: 'turn_end' },
  turn: Turn,
  { stopRecordMs }: CauseTerms,
): string | null {
  const { exits, losses, words, isBeforeCancel, cancelledAt, timeoutAt } = turn
  const error = turn.events.find(({ kind }) => kind === 'error')
  const code = error?.kind === 'error' ? error.code : null
  const isFirst = ![...exits, ...losses, ...words].some(isBeforeCancel)
  if (cancelledAt < timeoutAt && isFirst && end.outcome !== 'cancelled')
    return 'and had been cancelled before anything else'
  if (saysBefore(turn.events, 'result', 'cancelling') && end.outcome === 'cancelled')
    return 'and its agent had said its last word before'
  const own = exits.filter(({ by }) => by === 'itself')
  // Stopped by a server that could not say so in time, and died: to the next one it ended by itself.
  const unsaid = exits.filter((exit) => isBeforeCancel(exit) && exit.at >= turn.stopAt + stopRecordMs)
  switch (code ?? end.outcome) {
    case 'completed':
      if (own.some(({ exitCode }) => exitCode === 0) || words.some(({ isError }) => !isError)) return null
      return 'and its agent never ended well'
    case 'exit_nonzero':
      if ([...own, ...unsaid].some(({ exitCode }) => exitCode === end.exitCode)) return null
      return 'and its agent did not exit so by itself'
    case 'agent_error':
      return words.some(({ isError }) => isError) ? null : 'and its agent did not complain'
    case 'cancelled':
      return cancelledAt < Infinity ? null : 'and nobody cancelled it'
    case 'timed_out':
      return turn.endedAt >= timeoutAt ? null : 'before its time'
    case 'lost':
    case 'interrupted': {
      const kind = code === 'lost' ? 'lost' : 'restarted'
      return losses.some(({ type }) => type === kind) ? null : 'and nothing of it was'
    }
    case 'spawn_failed':
      return exits.length === 0 ? null : 'and its agent was started'
    default:
      return null
  }
}

const saysBefore = (events: Event[], first: Event['kind'], second: Event['kind']): boolean => {
  const [a, b] = [first, second].map((wanted) => events.findIndex(({ kind }) => kind === wanted)) as [
    number,
    number,
  ]
  return a !== -1 && a < b
}

const isLossOf = (entry: Entry, session: string, turn: number): boolean =>
  entry.type === 'restarted' || (entry.type === 'lost' && entry.session === session && entry.turn === turn)
