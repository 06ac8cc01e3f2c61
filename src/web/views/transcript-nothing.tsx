/** What stands where a conversation will be. */
import type { Session } from '../../client/index.ts'
import { visible } from '../visible.ts'

/** @param session null: nobody knows yet whether there is anything */
export function NothingYet({ session }: { session: Session | null }) {
  if (session === null || session.lastEventId >= 0)
    return (
      <div class="coming" role="status">
        <span class="unseen">The conversation is on its way</span>
        <span class="bone" />
        <span class="bone" />
        <span class="bone" />
      </div>
    )
  const { agent, workspace } = session
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
