/** Whether the whole log of a session is in order: read page by page, and forgotten but for what the rules look at. */
import { type Client, findViolations, type LoggedEvent, type Violation } from '../../../client/index.ts'
import { LIMITS } from '../../limits.ts'

export type Checked = { events: number; violations: readonly Violation[] }

/**
 * @param onRead told how many events were read so far
 * @throws RequestError
 */
export async function checkSession(
  client: Pick<Client, 'events'>,
  sessionId: string,
  onRead: (events: number) => void,
): Promise<Checked> {
  const kept: LoggedEvent[] = []
  for (let after: number | undefined; ; ) {
    const page = await client.events(sessionId, {
      limit: LIMITS.eventsOfPageMax,
      ...(after !== undefined && { after }),
    })
    for (const event of page.events) kept.push(forRules(event))
    onRead(kept.length)
    after = page.events.at(-1)?.id
    if (!page.more || after === undefined) return { events: kept.length, violations: findViolations(kept) }
  }
}

const KEPT = [
  'id',
  'kind',
  'turn',
  'code',
  'outcome',
  'promptId',
  'position',
  'reason',
  'approvalId',
] as const
/** What an agent says is most of a log, and no rule asks for it. */
const KINDS_WITH_TEXT = new Set(['user', 'queued'])

function forRules(event: LoggedEvent): LoggedEvent {
  const names = KINDS_WITH_TEXT.has(event.kind) ? [...KEPT, 'text' as const] : KEPT
  return Object.fromEntries(
    names.flatMap((name) => (name in event ? [[name, event[name]]] : [])),
  ) as LoggedEvent
}
