/**
 * What is being written behind the end of a log: the newest turn's unfinished blocks. In memory only; a server that is
 * started again learns them from the agent's output. They belong to a place in the log: what finishes a block and the
 * news that it is unfinished no more are shown together, so that a client at the end has either, and never both.
 */
import type { OutputRecord, UnfinishedBlock } from '../../machines/events.ts'
import type { SessionFold } from '../../machines/fold.ts'
import { encodePartial } from './frames.ts'

/** All that is unfinished in a turn. `gone` are those that were shown before and will never be finished. */
type Shown = { turn: number; blocks: readonly UnfinishedBlock[] }
type Coming = Shown & { behind: number; gone: number[] }

const NOTHING: Shown = { turn: 0, blocks: [] }

export type Partials = ReturnType<typeof createPartials>

/** @param deps.newestId the id of the newest event, stored or not */
export function createPartials(deps: {
  storedFold: () => Pick<SessionFold, 'lastEventId' | 'turn' | 'opened'>
  newestId: () => number
  onFault: (error: unknown) => void
}) {
  let shown = NOTHING
  /** Each is shown when what it comes behind is stored; the oldest first. Few: no more is read from an agent until then. */
  const coming: Coming[] = []
  const listeners = new Set<(gone: readonly number[]) => void>()
  /** The last frame of each block: clients that stand at the same offset share it. */
  const encoded = new Map<number, { text: string; offset: number; frame: Buffer }>()

  const show = (): void => {
    const fold = deps.storedFold()
    if (fold.opened === null && shown !== NOTHING) {
      shown = NOTHING
      encoded.clear()
    }
    // What was to come in front of it may have been revoked: then it is behind all that there is.
    const due = coming.findLastIndex(({ behind }) => Math.min(behind, deps.newestId()) <= fold.lastEventId)
    if (due === -1) return
    const { turn, blocks } = coming[due]!
    const gone = coming.splice(0, due + 1).flatMap((each) => each.gone)
    // The turn's end is stored already: nothing follows it in its name.
    if (fold.opened === null || fold.turn !== turn) return
    shown = { turn, blocks }
    for (const block of encoded.keys())
      if (!blocks.some((part) => part.block === block)) encoded.delete(block)
    for (const listener of [...listeners]) {
      try {
        listener(gone)
      } catch (error) {
        deps.onFault(error)
      }
    }
  }

  return {
    /**
     * @param blocks all of the turn's unfinished blocks, from now on; a block's text only grows
     * @param records what the log was told since: among them may be blocks that are finished
     */
    set(turn: number, blocks: readonly UnfinishedBlock[], records: readonly OutputRecord[]): void {
      const before = coming.at(-1) ?? shown
      // Most agents, most of the time, and a turn of many lines must not pay for those.
      if (before.blocks.length === 0 && blocks.length === 0) return
      if (before.turn === turn && isSame(before.blocks, blocks)) return
      const isOpen = (block: number): boolean => blocks.some((part) => part.block === block)
      const isFinished = (block: number): boolean =>
        records.some((record) => 'block' in record && record.block === block)
      const gone = (before.turn === turn ? before.blocks : [])
        .map(({ block }) => block)
        .filter((block) => !isOpen(block) && !isFinished(block))
      const behind = deps.newestId()
      // What comes behind the same is shown at the same time.
      const older = coming.at(-1)?.behind === behind ? coming.pop()! : null
      coming.push({ turn, blocks, behind, gone: [...(older?.gone ?? []), ...gone] })
      show()
    },
    /** What was not stored is now, or never will be. */
    settle: show,
    /** What a client that has every event is to see. */
    get shown(): Shown {
      return shown
    },
    /** One of these blocks from an offset on, in UTF-16 code units. Null when there is nothing to send yet. */
    frame(unfinished: UnfinishedBlock, offset: number): { frame: Buffer; end: number } | null {
      const { block, text } = unfinished
      // The second half of a character is still to come.
      const last16 = text.charCodeAt(text.length - 1)
      const end = last16 >= 0xd800 && last16 <= 0xdbff ? text.length - 1 : text.length
      if (offset >= end) return null
      let last = encoded.get(block)
      if (last?.offset !== offset || last.text !== text) {
        const part = { ...unfinished, turn: shown.turn, offset, text: text.slice(offset, end) }
        last = { text, offset, frame: encodePartial(part) }
        encoded.set(block, last)
      }
      return { frame: last.frame, end }
    },
    /** The frame that says of a block that it will never be finished: there is nothing of it, from the beginning on. */
    goneFrame: (block: number): Buffer =>
      encodePartial({ turn: shown.turn, block, kind: 'text', offset: 0, text: '' }),
    /** Calls back with what will never be finished, whenever something else is shown. @returns how to end that */
    onChange(listener: (gone: readonly number[]) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const isSame = (a: readonly UnfinishedBlock[], b: readonly UnfinishedBlock[]): boolean =>
  a.length === b.length && a.every(({ block, text }, at) => b[at]!.block === block && b[at]!.text === text)
