/** What the tools that change files say they change, as pairs of texts. */
import { asInput, textOf } from './tool-words.ts'

/** `before` is empty for what is new, and for a file that is written as a whole: what it replaces is not told. */
export type Edit = { before: string; after: string; isAll: boolean }

/** @returns null for an input that is not of such a tool */
export function readEdits(name: string, value: unknown): Edit[] | null {
  const input = asInput(value)
  switch (name) {
    case 'Edit':
      return [readEdit(input)]
    case 'MultiEdit':
      return Array.isArray(input.edits) ? input.edits.map((edit) => readEdit(asInput(edit))) : null
    case 'Write':
      return [{ before: '', after: textOf(input, 'content'), isAll: false }]
    default:
      return null
  }
}

const readEdit = (input: Record<string, unknown>): Edit => ({
  before: textOf(input, 'old_string'),
  after: textOf(input, 'new_string'),
  isAll: input.replace_all === true,
})
