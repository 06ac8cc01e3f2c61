/** Whether the log has the agents' texts, whole and in order. */
import { agentsOf, type Entry, type History, isA, lifeOf, logOf, sessionsOf } from './history.ts'

export const checkTexts = (history: History): string[] =>
  sessionsOf(history).flatMap((session) => {
    const turns = Map.groupBy(logOf(history, session), ({ turn }) => turn)
    return [...turns].flatMap(([turn, events]) => {
      const logged = events.flatMap((event) => (event.kind === 'text' ? [event.text] : []))
      const agents = agentsOf(history, session, turn)
      const finished = agents
        .flatMap(({ agent }) => lifeOf(history, agent))
        .filter(isA('wrote'))
        .filter((wrote) => wrote.finished)
      const written = finished.map(({ text }) => text)
      const lost = lostAt(history, session, turn)
      const wholeMin = finished.filter((wrote) => history.indexOf(wrote) < lost).length
      const isWhole = events.some(({ kind }) => kind === 'turn_end')
      // Given up before all that it said could be stored, and the log says so.
      const isUnread = events.some((event) => event.kind === 'notice' && event.code === 'output_unread')
      const count = isWhole && !isUnread ? Math.max(logged.length, wholeMin) : logged.length
      const due = written.slice(0, count)
      if (JSON.stringify(logged) === JSON.stringify(due)) return []
      return [
        `${session}: turn ${turn} has ${JSON.stringify(logged)}, and its agent wrote ${JSON.stringify(due)}`,
      ]
    })
  })

/** From where on nobody need read the agent any more: its supervisor was lost, or all its files with the machine. */
function lostAt(history: History, session: string, turn: number): number {
  const [agent] = agentsOf(history, session, turn)
  const spawned = agent === undefined ? -1 : history.indexOf(agent)
  const isEnd = (entry: Entry): boolean =>
    entry.type === 'stored' &&
    entry.session === session &&
    entry.events.some((event) => event.kind === 'turn_end' && event.turn === turn)
  const life = history.slice(0, history.findIndex(isEnd)).map((entry, index) => ({ ...entry, index }))
  const since = life.filter(({ index }) => index >= spawned)
  if (since.some((entry) => entry.type === 'restarted' && !entry.keepsRuns)) return spawned
  const isLoss = (entry: Entry): boolean =>
    entry.type === 'lost' && entry.session === session && entry.turn === turn
  return since.find(isLoss)?.index ?? Infinity
}
