/** Reads what an agent has appended to its `out` file, from an offset, in whole lines. Knows no format. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { createSplitter, type Line } from './splitter.ts'

export type SpoolRead = {
  lines: Line[]
  /** The offset behind the last complete line: where a reader after a crash must go on. */
  offset: number
  /** Whether more can be read at once. */
  more: boolean
}

/**
 * @param path the spool; it must exist
 * @param offset where to begin, in bytes; the beginning of a line
 * @param limits.outputBytesMax the offset at which reading ends
 */
export function openSpool(
  path: string,
  offset: number,
  limits: { readBytes: number; lineBytesMax: number; outputBytesMax: number },
) {
  // Whatever was put in its place, a FIFO say: this server is not to wait for it.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  let splitter = createSplitter(limits.lineBytesMax)
  // Grows with what there is to read: a hundred quiet turns should not hold a hundred large buffers.
  let buffer = Buffer.allocUnsafe(Math.min(limits.readBytes, 16 * 1024))
  // Shorter than it was: a power cut has taken its end, which is on record. What is left must not be said again.
  let position = Math.min(offset, fstatSync(file).size)
  let closed = false
  // What is beyond is never read: an agent that says without end must not fill the log.
  let end = limits.outputBytesMax

  return {
    /** At most one buffer of output. `lines` is empty and `more` false when there is nothing new. */
    read(): SpoolRead {
      const wanted = Math.max(0, Math.min(buffer.length, end - position))
      const count = readSync(file, buffer, 0, wanted, position)
      if (count === 0 && fstatSync(file).size < position) {
        // Somebody emptied the file: what comes now begins at its beginning.
        splitter = createSplitter(limits.lineBytesMax)
        position = 0
        return { lines: [], offset: 0, more: true }
      }
      const lines = splitter.push(buffer.subarray(0, count))
      position += count
      const full = count === buffer.length
      if (full && buffer.length < limits.readBytes) buffer = Buffer.allocUnsafe(limits.readBytes)
      return { lines, offset: position - splitter.heldBytes, more: full && position < end }
    },
    /** The agent has exited: what is there now is all that counts, whoever still holds the file. */
    seal(): void {
      end = Math.min(end, fstatSync(file).size)
    },
    /** The last line, when no newline ended it. */
    flush: (): { lines: Line[]; offset: number } => {
      const line = splitter.flush()
      return { lines: line ? [line] : [], offset: position }
    },
    /** May be called again. */
    close(): void {
      if (!closed) closeSync(file)
      closed = true
    },
  }
}

export type Spool = ReturnType<typeof openSpool>
