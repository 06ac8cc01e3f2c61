/** Whether a prompt's files are with it wherever it goes: into the queue, into its turn and to the agent. */
import type { Event } from '../../src/machines/events.ts'
import { agentsOf, type History, isA, logOf, sessionsOf } from './history.ts'

export const checkAttachments = (history: History): string[] => {
  const prompts = history.filter(isA('asked')).filter(({ what }) => what === 'prompt')
  const sent = new Map(prompts.map(({ body, attachments = [] }) => [body, attachments]))
  return sessionsOf(history).flatMap((session) => {
    const log = logOf(history, session)
    return log.flatMap((event) => {
      if (event.kind !== 'user' && event.kind !== 'queued') return []
      const { promptId } = event
      // An edit changes the text alone.
      const first = log.find((other) => other.kind === 'queued' && other.promptId === promptId)
      const due = sent.get((first as Event & { kind: 'queued' })?.text ?? event.text) ?? []
      const has = (event.attachments ?? []).map(({ path }) => path)
      const told = event.kind === 'user' ? agentsOf(history, session, event.turn) : []
      return [has, ...told.map(({ attachments }) => attachments)].flatMap((files) =>
        `${files}` === `${due}`
          ? []
          : [`${session}: ${event.kind} at ${event.id} has ${files}, and was sent ${due}`],
      )
    })
  })
}
