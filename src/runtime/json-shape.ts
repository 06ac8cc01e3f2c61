/** The shape of a JSON text, told before it is parsed. What is no JSON may pass: the parser says so. */
import { LIMITS } from './limits.ts'

/** Whether it is nested deeper than anyone means to. JSON.parse takes any depth, JSON.stringify does not. */
export const isDeep = (json: string): boolean =>
  exceeds(json, { depth: LIMITS.jsonDepthMax, parts: Infinity })

/**
 * Whether it is deep, or has more parts than anyone means to. 26 MiB of brackets take the parser seconds and a hundred
 * times their size; a look at them takes milliseconds.
 */
export const isLaden = (json: string): boolean =>
  exceeds(json, { depth: LIMITS.jsonDepthMax, parts: LIMITS.jsonPartsMax })

function exceeds(json: string, max: { depth: number; parts: number }): boolean {
  // Each level takes two characters.
  if (json.length < max.depth * 2) return false
  let depth = 0
  let parts = 0
  let inString = false
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (inString) {
      if (code === BACKSLASH) i++
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (code === BRACE || code === BRACKET) {
      if (++depth > max.depth || ++parts > max.parts) return true
    } else if (code === BRACE + 2 || code === BRACKET + 2) depth--
    else if (code === COMMA && ++parts > max.parts) return true
  }
  return false
}

const [QUOTE, BACKSLASH, BRACE, BRACKET, COMMA] = [0x22, 0x5c, 0x7b, 0x5b, 0x2c]
