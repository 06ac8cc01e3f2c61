/**
 * What a screen reader is told of new rows: each once, when it is finished, and no more of it than can be listened to.
 */
import type { Row } from './row.ts'
import { toolWords } from './tool-words.ts'

const CHARS_MAX = 300

/** @returns nothing for what need not be told, or not yet */
export function announce(row: Row): string {
  switch (row.type) {
    case 'text':
      return row.isWriting ? '' : shorten(row.text)
    case 'output':
      return shorten(row.text)
    case 'error':
      return `Error: ${shorten(row.text)}`
    case 'end':
      return `Turn ${row.outcome}`
    case 'tool': {
      const { title } = toolWords(row.use?.name ?? 'Tool', row.use?.input, row.description)
      return row.state === 'asked'
        ? `Waits for you: ${title}`
        : row.state === 'failed'
          ? `Failed: ${title}`
          : ''
    }
    case 'line':
      return row.level === 'warn' ? shorten(row.text) : ''
    default:
      return ''
  }
}

const shorten = (text: string): string =>
  text.length <= CHARS_MAX ? text : `${text.slice(0, CHARS_MAX).toWellFormed()} …`
