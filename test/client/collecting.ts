/** Ways to look at an attachment, or the lobby, from a test: its items up to one, its ids, the error that ended it. */

import { AttachError, type AttachItem } from '../../src/client/index.ts'

/** The items up to and with the first that `isLast` accepts, or all if the attachment ends before. */
export async function collect<Item>(
  items: AsyncIterable<Item>,
  isLast: (item: Item, count: number) => boolean = () => false,
): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) {
    collected.push(item)
    if (isLast(item, collected.length)) break
  }
  return collected
}

export const isCaughtUp = (item: AttachItem) => item.type === 'caught-up'

export const isEvent = (id: number) => (item: AttachItem) => item.type === 'event' && item.event.id === id

export function ids(items: AttachItem[]): number[] {
  return items.flatMap((item) => (item.type === 'event' ? [item.event.id] : []))
}

/** What came until the attachment gave up, and why it did. */
export async function collectToError<Item>(
  items: AsyncIterable<Item>,
): Promise<{ items: Item[]; error: AttachError }> {
  const collected: Item[] = []
  try {
    for await (const item of items) collected.push(item)
  } catch (error) {
    if (error instanceof AttachError) return { items: collected, error }
    throw error
  }
  throw new Error('the attachment ended without an error')
}
