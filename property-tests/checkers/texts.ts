/** Whether the log has the agents' texts, whole and in order. */
import { agentsOf, type History, isA, lifeOf, logOf, sessionsOf } from './history.ts'

export const checkTexts = (history: History): string[] =>
  sessionsOf(history).flatMap((session) => {
    const turns = Map.groupBy(logOf(history, session), ({ turn }) => turn)
    return [...turns].flatMap(([turn, events]) => {
      const logged = events.flatMap((event) => (event.kind === 'text' ? [event.text] : []))
      const written = agentsOf(history, session, turn)
        .flatMap(({ agent }) => lifeOf(history, agent))
        .filter(isA('wrote'))
        .flatMap(({ text, finished }) => (finished ? [text] : []))
      const isWhole = events.some(({ kind }) => kind === 'turn_end')
      // Given up before all that it said could be stored, and the log says so.
      const isUnread = events.some((event) => event.kind === 'notice' && event.code === 'output_unread')
      const due = isWhole && !isUnread ? written : written.slice(0, logged.length)
      if (JSON.stringify(logged) === JSON.stringify(due)) return []
      return [
        `${session}: turn ${turn} has ${JSON.stringify(logged)}, and its agent wrote ${JSON.stringify(due)}`,
      ]
    })
  })
