/**
 * What claude is writing: the `stream_event` lines of `--include-partial-messages`, which are the events of the model's
 * API (https://docs.claude.com/en/docs/build-with-claude/streaming), as blocks that are not finished yet.
 * Each speaker, the agent or one of its subagents, writes one message at a time, and its blocks in order. A block is
 * finished by an `assistant` line, and given up with the end of its message. Total: what does not fit is not shown, and
 * comes as a finished block all the same.
 */
import type { UnfinishedBlock } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import type { AdapterState } from './agent.ts'
import { array, type Json, number, object, string } from './json.ts'

type Kind = UnfinishedBlock['kind']
/** `index` is the model's, `block` ours: null while there is nothing to show. */
type Block = { index: number; kind: Kind; block: number | null; text: string }
/** `speaker` is the tool use under which a subagent works, empty for the agent; `id` is empty when it is not known. */
type Message = { speaker: string; id: string; blocks: Block[] }

const kindOf = (value: unknown): Kind => (value === 'thinking' ? 'thinking' : 'text')

/** The state may be of another version of this file, so it is read like any other JSON. */
const readMessages = (state: AdapterState): Message[] =>
  array(state.writing)
    .map(object)
    .map(({ speaker, id, blocks }) => ({
      speaker: string(speaker),
      id: string(id),
      blocks: array(blocks)
        .map(object)
        .map(({ index, kind, block, text }) => ({
          index: number(index),
          kind: kindOf(kind),
          block: block === null ? null : number(block),
          text: string(text),
        })),
    }))

const NONE: readonly UnfinishedBlock[] = []

export function claudePartials(state: AdapterState): readonly UnfinishedBlock[] {
  if (state.writing === undefined) return NONE
  return readMessages(state).flatMap(({ speaker, blocks }) =>
    blocks.flatMap(({ block, kind, text }) =>
      block === null ? [] : [{ block, kind, text, ...(speaker !== '' && { parent: speaker }) }],
    ),
  )
}

/** @param state the numbers of blocks are taken from it, and `save` puts into it what is being written */
export function openWriting(state: AdapterState) {
  let messages = state.writing === undefined ? [] : readMessages(state)

  const nextBlock = (): number => {
    const block = number(state.block)
    state.block = block + 1
    return block
  }

  const end = (speaker: string): void => {
    if (messages.length > 0) messages = messages.filter((message) => message.speaker !== speaker)
  }

  const begin = (speaker: string, id: string): Message | undefined => {
    end(speaker)
    const fits =
      messages.length < LIMITS.unfinishedMax && speaker.length + id.length <= LIMITS.agentIdCharsMax
    if (!fits) return undefined
    const message: Message = { speaker, id, blocks: [] }
    messages.push(message)
    return message
  }

  const messageOf = (speaker: string): Message | undefined =>
    messages.find((message) => message.speaker === speaker)

  const beginBlock = (message: Message, index: number, content: Json): void => {
    message.blocks = message.blocks.filter((block) => block.index !== index)
    if (content.type !== 'text' && content.type !== 'thinking') return
    if (message.blocks.length >= LIMITS.unfinishedMax) return
    message.blocks.push({ index, kind: content.type, block: null, text: '' })
    extendBlock(message, index, content.type, string(content[content.type]))
  }

  /** A block that was not seen to begin is not shown: it would be shown from its middle on. */
  const extendBlock = (message: Message, index: number, kind: Kind, text: string): void => {
    const block = message.blocks.find((candidate) => candidate.index === index)
    if (block?.kind !== kind || text === '') return
    const chars = messages.flatMap(({ blocks }) => blocks).reduce((sum, part) => sum + part.text.length, 0)
    if (chars + text.length > LIMITS.unfinishedCharsMax) {
      // Given up whole: what is left out of a text cannot be told.
      message.blocks = message.blocks.filter((candidate) => candidate !== block)
      return
    }
    block.block ??= nextBlock()
    block.text += text
  }

  return {
    /** Takes the event of a `stream_event` line. */
    hear(speaker: string, event: Json): void {
      const index = number(event.index)
      switch (event.type) {
        case 'message_start':
          // Also when the model's API failed in the middle of a message, and is asked once more.
          begin(speaker, string(object(event.message).id))
          break
        case 'message_stop':
          end(speaker)
          break
        case 'content_block_start': {
          const message = messageOf(speaker) ?? begin(speaker, '')
          if (message) beginBlock(message, index, object(event.content_block))
          break
        }
        case 'content_block_delta': {
          const message = messageOf(speaker)
          const delta = object(event.delta)
          if (message && delta.type === 'text_delta') extendBlock(message, index, 'text', string(delta.text))
          if (message && delta.type === 'thinking_delta')
            extendBlock(message, index, 'thinking', string(delta.thinking))
          break
        }
        // Nothing for content_block_stop: the finished block comes before it.
      }
    },
    /** @returns what gives the finished blocks of a message their numbers, in order */
    finisher(speaker: string, id: string): (kind: Kind) => number {
      const message = messageOf(speaker)
      const isIt = message !== undefined && (message.id === '' || message.id === id)
      // Another message of the same speaker: the one before has come to nothing.
      if (!isIt) end(speaker)
      return (kind) => {
        const block = isIt ? message.blocks.find((candidate) => candidate.kind === kind) : undefined
        if (isIt) message.blocks = message.blocks.filter((candidate) => candidate !== block)
        return block?.block ?? nextBlock()
      }
    },
    /** What this speaker was writing has come to its end, finished or not. */
    end,
    save(): void {
      if (messages.length > 0) state.writing = messages
      else delete state.writing
    },
  }
}

export type Writing = ReturnType<typeof openWriting>
