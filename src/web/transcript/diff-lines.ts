/** The lines that an edit takes away, adds and leaves. Loaded when the first edit is shown. */
import { diffLines } from 'diff'
import type { Edit } from './edits.ts'

export type DiffLine = { mark: '+' | '-' | ' '; text: string }

/** Beyond so many changed lines, and so long, all of it is taken away and added. */
const CHANGES_MAX = 2_000
const TIMEOUT_MS = 50

export function readDiff({ before, after }: Edit): DiffLine[] {
  const parts = diffLines(before, after, { maxEditLength: CHANGES_MAX, timeout: TIMEOUT_MS })
  if (parts === undefined) return [...linesOf(before, '-'), ...linesOf(after, '+')]
  return parts.flatMap(({ value, added, removed }) => linesOf(value, added ? '+' : removed ? '-' : ' '))
}

const linesOf = (text: string, mark: DiffLine['mark']): DiffLine[] =>
  text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => ({ mark, text: line }))
