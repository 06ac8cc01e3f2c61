/** A line of JSON, as agents read them from their stdin. */

/**
 * U+2028 and U+2029 end a line for some who read lines, Node's own readline among them, and stand in JSON as they are:
 * escaped, they mean the same.
 */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'))}\n`
