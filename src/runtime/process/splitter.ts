/** Bytes to lines, bounded: a line of any length costs at most `lineBytesMax`. Knows no file and no format. */

/** `text` without its newline; `bytes` counts the whole line, `cut` says that `text` is only its beginning. */
export type Line = { text: string; bytes: number; cut: boolean; ended: boolean }

const NEWLINE = 10

/**
 * @returns `push` gives the lines that a chunk completes; `flush` gives the unfinished rest, if any, with
 * `ended: false`; `heldBytes` is how much of the input belongs to the line that is not complete yet.
 */
export function createSplitter(lineBytesMax: number) {
  /** Grows by doubling: a line that comes byte by byte costs no more than one that comes at once. */
  let held = Buffer.alloc(0)
  let keptBytes = 0
  let heldBytes = 0

  const hold = (part: Buffer): void => {
    heldBytes += part.length
    const kept = part.subarray(0, lineBytesMax - keptBytes)
    const needed = keptBytes + kept.length
    if (needed > held.length) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(needed, held.length * 2), lineBytesMax))
      held.copy(larger, 0, 0, keptBytes)
      held = larger
    }
    kept.copy(held, keptBytes)
    keptBytes = needed
  }

  const take = (ended: boolean): Line => {
    const text = held.toString('utf8', 0, keptBytes)
    const line = { text, bytes: heldBytes, cut: heldBytes > keptBytes, ended }
    held = Buffer.alloc(0)
    keptBytes = 0
    heldBytes = 0
    return line
  }

  return {
    push(chunk: Buffer): Line[] {
      const lines: Line[] = []
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        if (heldBytes === 0 && end - start <= lineBytesMax) {
          lines.push({
            text: chunk.toString('utf8', start, end),
            bytes: end - start,
            cut: false,
            ended: true,
          })
        } else {
          hold(chunk.subarray(start, end))
          lines.push(take(true))
        }
        start = end + 1
      }
      if (start < chunk.length) hold(chunk.subarray(start))
      return lines
    },
    flush: (): Line | undefined => (heldBytes === 0 ? undefined : take(false)),
    get heldBytes() {
      return heldBytes
    },
  }
}
