/** What stands where a conversation will be, or would be. */
import type { Session } from '../../client/index.ts'
import type { ConversationControl } from '../state/conversation.ts'
import { useStore } from '../use-store.ts'
import { visible } from '../visible.ts'

export function NothingYet({ conversation: { store } }: { conversation: ConversationControl }) {
  const { session, events, gone, link } = useStore(store, (context) => context)
  if (gone !== null)
    return events.length === 0 ? <Nothing>Nothing of it is kept on this device.</Nothing> : null
  if (session === null && link.retryAt !== null)
    return <Nothing>Nothing of it is kept on this device. It comes when the server can be reached.</Nothing>
  return session === null || session.lastEventId >= 0 ? <Coming /> : <Ready session={session} />
}

const Nothing = ({ children }: { children: string }) => (
  <div class="nothing">
    <p class="quiet">{children}</p>
  </div>
)

const Coming = () => (
  <div class="coming" role="status">
    <span class="unseen">The conversation is on its way</span>
    <span class="bone" />
    <span class="bone" />
    <span class="bone" />
  </div>
)

function Ready({ session: { agent, workspace } }: { session: Session }) {
  return (
    <div class="nothing">
      <p class="nothing-title">{agent === 'shell' ? 'A shell is ready' : `${visible(agent)} is ready`}</p>
      <p class="quiet">
        {agent === 'shell' ? 'What you send is run by bash' : 'It works'} in <code>{visible(workspace)}</code>
      </p>
      <p class="quiet">It goes on when you put the phone away, and all of it is here when you come back.</p>
    </div>
  )
}
