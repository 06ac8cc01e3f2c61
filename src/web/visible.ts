/** Text as it is shown: characters that would do something, and not be seen, are made visible. */

/** Controls but tab and line feed; and what hides, joins or turns around: formatting, separators, private use. */
const HIDDEN = /(?![\t\n\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu

export const visible = (text: string): string =>
  text.toWellFormed().replace(HIDDEN, (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase()
    return `⟨U+${code.padStart(4, '0')}⟩`
  })
