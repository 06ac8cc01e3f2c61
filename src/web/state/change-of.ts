/** What a tool would change in a file, as the two texts that its input speaks of. Pure. */

export type Change = { path: string; before: string; after: string; isAll: boolean; note: string }

/** What of an input a change shows; all else is to be shown beside it. */
export const OF_CHANGES = new Set([
  'file_path',
  'content',
  'old_string',
  'new_string',
  'replace_all',
  'edits',
])

type Json = Record<string, unknown>

/** @returns null when it is no edit, or not in a form that is known: then its input is shown as it is */
export function changesOf(toolName: string, input: unknown): Change[] | null {
  const { file_path: path, content, edits } = (input ?? {}) as Json
  if (typeof path !== 'string') return null
  if (toolName === 'Write' && typeof content === 'string')
    return [{ path, before: '', after: content, isAll: false, note: 'all of the file' }]
  const list = toolName === 'MultiEdit' && Array.isArray(edits) ? edits : toolName === 'Edit' ? [input] : []
  const changes = list.flatMap((edit: Json | null) => {
    const { old_string: before, new_string: after, replace_all: all } = edit ?? {}
    if (typeof before !== 'string' || typeof after !== 'string') return []
    return [{ path, before, after, isAll: all === true, note: all === true ? 'wherever it stands' : '' }]
  })
  return changes.length > 0 && changes.length === list.length ? changes : null
}
