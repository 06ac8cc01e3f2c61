// @ts-check
/** Text as it is shown: characters that would do something, and not be seen, are made visible. */

/** Controls but tab and line feed; and what hides, joins or turns around: formatting, separators, private use. */
const HIDDEN = /(?![\t\n\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu

/** @param {string} text */
export const visible = (text) =>
  text.toWellFormed().replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0
    // Unicode has a picture for each of the C0 controls and for DEL.
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    if (code === 0x7f) return '\u2421'
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
