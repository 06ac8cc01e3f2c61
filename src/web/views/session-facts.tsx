/** What a session is: who works in it, where, and what it has cost. */

import type { ListedSession } from '../../client/index.ts'
import { costText, countText } from '../amounts.ts'
import { visible } from '../visible.ts'

export type Described = Omit<ListedSession, 'waiting'>

export function SessionFacts({ session }: { session: Described }) {
  const { agent, model, workspace, usage, createdAt } = session
  const tokens = usage.inputTokens + usage.outputTokens
  const cost = [costText(usage.costUsd), ...(tokens > 0 ? [`${countText(tokens)} tokens`] : [])]
  return (
    <dl class="facts">
      <Fact name="Agent" text={agent} />
      {agent !== 'shell' && <Fact name="Model" text={model ?? 'The agent’s own choice'} />}
      <Fact name="Folder" text={workspace} />
      <Fact name="Cost" text={cost.filter(Boolean).join(' · ') || 'Nothing so far'} />
      <Fact name="Opened" text={new Date(createdAt).toLocaleString()} />
    </dl>
  )
}

const Fact = ({ name, text }: { name: string; text: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{visible(text)}</dd>
  </div>
)
