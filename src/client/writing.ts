/**
 * What the agent is writing, rebuilt from the items of an attachment. Pure, and knows no page: feed it every item, show
 * what it holds behind the events.
 */

import type { Partial as PartialText } from '../machines/events.ts'
import type { AttachItem } from './items.ts'

/** The text of a block so far. */
export type UnfinishedText = Pick<PartialText, 'turn' | 'block' | 'kind' | 'text' | 'parent'>

/** All unfinished blocks, in the order in which they began to be shown. Never changed in place. */
export type Writing = readonly UnfinishedText[]

export const nothingWritten: Writing = []

/** What is being written after `item`. The same object when that is what it was. */
export function followWriting(writing: Writing, item: AttachItem): Writing {
  switch (item.type) {
    case 'partial':
      return addPartial(writing, item)
    case 'caught-up':
    case 'reset':
      // Every connection tells anew what is in flight, from its beginning.
      return nothingWritten
    case 'event': {
      const { event } = item
      if (event.kind === 'turn_end') return keep(writing, ({ turn }) => turn !== event.turn)
      if (event.kind !== 'text' && event.kind !== 'thinking') return writing
      return keep(writing, ({ turn, block }) => turn !== event.turn || block !== event.block)
    }
  }
}

function addPartial(
  writing: Writing,
  { type: _, offset, text, ...of }: PartialText & { type: 'partial' },
): Writing {
  const at = writing.findIndex((part) => part.turn === of.turn && part.block === of.block)
  const before = writing[at]?.text ?? ''
  // No server leaves out a part. Whatever did, the finished block will bring all of it.
  if (offset > before.length) return writing
  const whole = before.slice(0, offset) + text
  // A block that was given up has nothing left.
  if (whole === '') return keep(writing, (_, index) => index !== at)
  const part = { ...of, text: whole }
  return at === -1 ? [...writing, part] : writing.with(at, part)
}

function keep(writing: Writing, wanted: (part: UnfinishedText, index: number) => boolean): Writing {
  const kept = writing.filter(wanted)
  return kept.length === writing.length ? writing : kept
}
