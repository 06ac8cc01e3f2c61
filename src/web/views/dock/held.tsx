/** Why the queue does not go on by itself, and the button that makes it. */
import type { QueueHeld } from '../../../client/index.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { useCommand } from './use-command.ts'

const WHY: Record<QueueHeld, string> = {
  cancelled: 'Held: the turn before was stopped.',
  not_started: 'Held: the agent could not be started.',
}

type Props = { desk: Desk; conversation: ConversationControl; reason: QueueHeld }

export function Held({ desk, conversation, reason }: Props) {
  const [resume, { isBusy, problem }] = useCommand(async (idempotencyKey) => {
    await desk.queue.resume(conversation.sessionId, { idempotencyKey })
    await conversation.refresh()
  })
  return (
    <div class="held">
      <p>{WHY[reason] ?? 'Held.'}</p>
      <button type="button" disabled={isBusy} onClick={resume}>
        {isBusy ? 'Resuming…' : 'Resume'}
      </button>
      {problem !== null && (
        <p class="problem whole" role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
