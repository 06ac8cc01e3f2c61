/** Code with its colours, as soon as what finds them is there. */
import type { ComponentChild } from 'preact'
import { memo } from 'preact/compat'
import { useMemo } from 'preact/hooks'
import type { CodePiece } from '../../transcript/highlight.ts'
import { createLazy } from '../lazy.ts'

/** Longer code is shown without: to find its colours would be felt. */
const COLOURED_CHARS_MAX = 20_000

const useHighlight = createLazy(() => import('../../transcript/highlight.ts'))

/** @param language empty: not known */
export const Code = memo(({ text, language }: { text: string; language: string }) => {
  const isWanted = language !== '' && text.length <= COLOURED_CHARS_MAX
  const part = useHighlight(isWanted)
  const pieces = useMemo(
    () => (isWanted ? (part?.highlight(text, language) ?? null) : null),
    [part, isWanted, text, language],
  )
  return <code>{pieces === null ? text : pieces.map(show)}</code>
})

const show = (piece: CodePiece, index: number): ComponentChild =>
  typeof piece === 'string' ? (
    piece
  ) : (
    <span key={index} class={piece.name}>
      {piece.pieces.map(show)}
    </span>
  )
