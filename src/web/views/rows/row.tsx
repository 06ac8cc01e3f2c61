/** A row of a conversation. It renders again when it is another object, and never otherwise. */
import { memo } from 'preact/compat'
import type { Row } from '../../transcript/row.ts'
import { Day, ErrorMark, Line, TurnEnd } from './marks.tsx'
import { Prompt } from './prompt.tsx'
import { Output, Said, Thinking } from './said.tsx'
import { Tool } from './tool.tsx'

export const RowView = memo(({ row }: { row: Row }) => {
  switch (row.type) {
    case 'day':
      return <Day row={row} />
    case 'prompt':
      return <Prompt row={row} />
    case 'text':
      return <Said row={row} />
    case 'thinking':
      return <Thinking row={row} />
    case 'output':
      return <Output row={row} />
    case 'tool':
      return <Tool row={row} />
    case 'line':
      return <Line row={row} />
    case 'error':
      return <ErrorMark row={row} />
    case 'end':
      return <TurnEnd row={row} />
  }
})
