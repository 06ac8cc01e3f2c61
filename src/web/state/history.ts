/** Prompts that were sent from this device, the newest first, each once: to be called back into the composer. */
import { LIMITS } from '../limits.ts'
import { readJson, type Shelf } from './shelf.ts'

const NAME = 'history'

export function createHistory(shelf: Shelf) {
  // Read each time: other tabs write it too.
  const list = (): string[] => readJson<string[]>(shelf, NAME) ?? []
  return {
    list,
    add(prompt: string): void {
      if (prompt.length > LIMITS.historyCharsMax) return
      const rest = list().filter((other) => other !== prompt)
      shelf.write(NAME, JSON.stringify([prompt, ...rest].slice(0, LIMITS.historyMax)))
    },
  }
}

/**
 * The text that an arrow key puts in place of another.
 * @returns null when the key is to do what it does in any text: something else was typed
 */
export function recall(prompts: readonly string[], text: string, key: 'older' | 'newer'): string | null {
  const at = text === '' ? -1 : prompts.indexOf(text)
  if (text !== '' && at === -1) return null
  if (key === 'older') return prompts[at + 1] ?? null
  return at === -1 ? null : (prompts[at - 1] ?? '')
}
