/** Reads JSON of unknown shape without ever throwing: what is not of the wanted type is empty. */

export type Json = { [key: string]: unknown }

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const object = (value: unknown): Json => (isObject(value) ? value : {})
export const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const string = (value: unknown): string => (typeof value === 'string' ? value : '')
export const number = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0
/** A number of things, of which there cannot be less than none. */
export const count = (value: unknown): number => Math.max(0, Math.round(number(value)))

const DEPTH_MAX = 500

/** Whether a JSON text is nested deeper than anyone means to. JSON.parse takes any depth, JSON.stringify does not. */
export function isDeep(text: string): boolean {
  // Each level takes two characters.
  if (text.length < DEPTH_MAX * 2) return false
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === BACKSLASH) i++
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (code === BRACE || code === BRACKET) {
      if (++depth > DEPTH_MAX) return true
    } else if (code === BRACE + 2 || code === BRACKET + 2) depth--
  }
  return false
}

const [QUOTE, BACKSLASH, BRACE, BRACKET] = [0x22, 0x5c, 0x7b, 0x5b]
