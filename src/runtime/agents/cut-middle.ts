/** A text that is too long for the log, without its middle: what was called for is told at its beginning, how it ended at its end. */

/** @returns the text, or its two ends and between them a line that says how much is left out; that line comes on top of `charsMax` */
export function cutMiddle(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const half = Math.floor(charsMax / 2)
  // Between characters.
  const head = text.slice(0, half).toWellFormed()
  const tail = text.slice(-half).toWellFormed()
  const bytes = Buffer.byteLength(text.slice(half, -half))
  return `${head}\n[… ${bytes} bytes left out …]\n${tail}`
}
