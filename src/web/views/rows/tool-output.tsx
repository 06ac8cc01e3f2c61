/** What a tool gave back, as a terminal has it. Of a failure the end is what matters, of all else both ends. */

import { useMemo } from 'preact/hooks'
import { bytesText } from '../../amounts.ts'
import { overwritten } from '../../transcript/overwritten.ts'
import type { ToolRow } from '../../transcript/row.ts'
import { LongText } from './long-text.tsx'
import { Terminal } from './terminal.tsx'

export function ToolOutput({ name, result }: { name: string; result: NonNullable<ToolRow['result']> }) {
  const { text, isError, bytes, truncated } = result
  // Before its lines are counted: a hundred steps of a progress are one.
  const lines = useMemo(() => overwritten(text), [text])
  if (text.trim() === '')
    return <p class="quiet no-output">{isError ? 'Failed without a word' : 'No output'}</p>
  return (
    <div class="output" data-failed={isError}>
      <LongText name={`${name}.output`} text={lines} from={isError ? 'end' : 'ends'}>
        {(shown) => <Terminal text={shown} />}
      </LongText>
      {truncated && <p class="quiet">Of {bytesText(bytes)}, the beginning and the end were kept.</p>}
    </div>
  )
}
