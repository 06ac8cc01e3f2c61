/** Reads a log in pages, from wherever its events lie. */
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { eventTexts } from './frames.ts'
import type { Log } from './log.ts'

/** `texts` are the events' JSON; `lastEventId` is the log's newest, `more` whether any follow this page. */
export type Page = { texts: string[]; lastEventId: number; more: boolean }

/**
 * @param after events with a larger id, in order
 * @param limit how many at most; fewer when they are large
 */
export async function readPage(log: Log, after: number, limit: number): Promise<Page> {
  const texts: string[] = []
  let cursor = after
  let bytes = 0
  while (cursor < log.fold.lastEventId && texts.length < limit && bytes < LIMITS.eventsPageBytesMax) {
    const segment =
      log.readTail(cursor, LIMITS.pageBytesMax) ?? (await log.readStore(cursor, LIMITS.pageBytesMax))
    // Deleted while it was read.
    if (segment === null) throw new CodedError('session_not_found')
    const part = eventTexts(segment).slice(0, limit - texts.length)
    texts.push(...part)
    bytes += segment.frames.length
    cursor += part.length
  }
  const { lastEventId } = log.fold
  return { texts, lastEventId, more: cursor < lastEventId }
}

/** Every event's JSON behind a cursor, a page in memory at a time. */
export async function* readAll(log: Log, after = -1): AsyncGenerator<string> {
  let cursor = after
  for (;;) {
    const page = await readPage(log, cursor, LIMITS.eventsPageDefault)
    yield* page.texts
    cursor += page.texts.length
    if (!page.more) return
  }
}
