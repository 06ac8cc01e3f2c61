/** A new session: all that there is to choose, on one screen. */
import { useState } from 'preact/hooks'
import type { SessionInput } from '../../client/index.ts'
import { routePath } from '../route.ts'
import { MODES } from '../state/permission-modes.ts'
import { useAnswer } from '../use-answer.ts'
import { useAttempt } from '../use-attempt.ts'
import type { Web } from '../web.ts'
import { Page } from './page.tsx'

type Fields = { agent: string; title: string; model: string; workspace: string; permissionMode: string }

export function NewSessionView({ web: { client } }: { web: Web }) {
  const [{ answer: agents, problem: unknown, isWaiting }] = useAnswer(client.agents)
  const [fields, setFields] = useState<Fields>({
    agent: '',
    title: '',
    model: '',
    workspace: '',
    permissionMode: '',
  })
  const { attempt, isBusy, problem } = useAttempt()
  const agent = fields.agent || agents?.default || ''
  const set = (name: keyof Fields) => (event: { currentTarget: { value: string } }) =>
    setFields({ ...fields, [name]: event.currentTarget.value })
  const open = (): Promise<void> =>
    attempt(async () => {
      const { id } = await client.sessions.open(inputOf({ ...fields, agent }))
      location.replace(routePath({ view: 'session', id }))
    })
  return (
    <Page title="New session" back="#/">
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault()
          void open()
        }}
      >
        <fieldset class="choice">
          <legend>Agent</legend>
          {agents?.agents.map(({ name, available, reason }) => (
            <label key={name}>
              <input
                type="radio"
                name="agent"
                value={name}
                checked={name === agent}
                disabled={!available}
                onChange={set('agent')}
              />
              <span>
                {name}
                {!available && <small class="quiet"> {reason}</small>}
              </span>
            </label>
          ))}
          {agents === null && (
            <p class="quiet" role="status">
              {unknown || (isWaiting ? 'The server cannot be reached. Trying again…' : 'Asking the server…')}
            </p>
          )}
        </fieldset>
        <label>
          Name
          <input value={fields.title} onInput={set('title')} maxLength={200} placeholder="Its first prompt" />
        </label>
        <label>
          Folder on the server
          <input
            value={fields.workspace}
            onInput={set('workspace')}
            placeholder="One of its own"
            {...PLAIN}
          />
        </label>
        {agent !== 'shell' && (
          <>
            <label>
              Model
              <input
                value={fields.model}
                onInput={set('model')}
                placeholder="The agent’s own choice"
                {...PLAIN}
              />
            </label>
            <label>
              Before it acts
              <select value={fields.permissionMode} onChange={set('permissionMode')}>
                <option value="">As the server is set</option>
                {MODES.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
          </>
        )}
        <p class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="primary wide" disabled={isBusy}>
          Open
        </button>
      </form>
    </Page>
  )
}

/** Paths and names of models are not words. */
const PLAIN = { autocapitalize: 'off', autocorrect: 'off', spellcheck: false } as const

/** What was left empty is the server's to choose. */
const inputOf = (fields: Fields): SessionInput =>
  Object.fromEntries(
    Object.entries(fields)
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== ''),
  )
