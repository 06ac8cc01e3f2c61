/** Who allowed a tool or denied it, and what they said. */
import { timeText } from '../../times.ts'
import { callerText } from '../../transcript/caller.ts'
import type { ToolRow } from '../../transcript/row.ts'
import { visible } from '../../visible.ts'

/** Those who are no client. */
const NOBODY: Record<string, string> = {
  deadline: 'Denied: nobody answered in time',
  cancel: 'Denied: the turn was stopped',
  agent: 'The agent did not wait for an answer',
  server: 'Denied: the agent could not be told any more',
}

export function Resolution({ resolution }: { resolution: NonNullable<ToolRow['resolution']> }) {
  const { by, decision, message, always, updatedInput, at } = resolution
  const verb = decision === 'deny' ? 'Denied' : updatedInput !== undefined ? 'Answered or changed' : 'Allowed'
  const said = NOBODY[by] ?? `${verb}${always ? ' for this session' : ''} by ${visible(callerText(by))}`
  return (
    <p class="resolution" data-decision={decision}>
      {said}
      {message !== '' && !(by in NOBODY) && `: “${visible(message)}”`} · {timeText(at)}
    </p>
  )
}
