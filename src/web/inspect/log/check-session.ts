/** Whether the whole log of a session is in order: read page by page, and forgotten but for what the rules look at. */
import { type Checked, type Client, createLogCheck } from '../../../client/index.ts'
import { LIMITS } from '../../limits.ts'

/**
 * @param onRead told how many events were read so far
 * @throws RequestError
 */
export async function checkSession(
  client: Pick<Client, 'events'>,
  sessionId: string,
  onRead: (events: number) => void,
): Promise<Checked> {
  const check = createLogCheck()
  for (let after: number | undefined; ; ) {
    const page = await client.events(sessionId, {
      limit: LIMITS.eventsOfPageMax,
      ...(after !== undefined && { after }),
    })
    for (const event of page.events) check.take({ ...event })
    onRead(check.events.length)
    after = page.events.at(-1)?.id
    if (!page.more || after === undefined) return check.conclude()
  }
}
