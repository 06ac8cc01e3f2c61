/** Text for a terminal that shows what is in it and does nothing that it says. */

/** Control characters but the newline, line separators, and what turns the direction of writing. */
const OBEYED = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** @returns the same with escapes of JavaScript and JSON in place of what a terminal would obey */
export const visible = (text: string): string =>
  text.replace(OBEYED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
