/** All of what a tool is to do, as it is: a command to the letter, an edit as a difference, the rest by its names. */
import { changesOf, OF_CHANGES } from '../../state/change-of.ts'
import { subCommands } from '../../state/sub-commands.ts'
import { visible } from '../../visible.ts'
import { ChangeView } from './change-view.tsx'
import { Verbatim } from './verbatim.tsx'
import { Words } from './words.tsx'

type Props = {
  toolName: string
  input: unknown
  /** What is said above it already. */
  description: string
}

export function ToolInput({ toolName, input, description }: Props) {
  const changes = changesOf(toolName, input)
  const fields = Object.entries((input ?? {}) as Record<string, unknown>)
  const isCommand = (name: string, value: unknown): value is string =>
    toolName === 'Bash' && name === 'command' && typeof value === 'string'
  const rest = fields.filter(
    ([name, value]) =>
      !isCommand(name, value) &&
      !(changes !== null && OF_CHANGES.has(name)) &&
      !(name === 'description' && value === description),
  )
  return (
    <>
      {fields.map(([name, value]) => isCommand(name, value) && <Command key={name} command={value} />)}
      {changes?.map((change, index) => (
        <ChangeView key={index} change={change} />
      ))}
      <dl class="fields">
        {rest.map(([name, value]) => (
          <div key={name}>
            <dt>{visible(name)}</dt>
            <dd>
              <pre>
                <Words text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} />
              </pre>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Command({ command }: { command: string }) {
  const parts = subCommands(command)
  return (
    <>
      <Verbatim label="Command">
        <Words text={command} />
      </Verbatim>
      {parts !== null && (
        <ol class="steps" aria-label="Its parts">
          {parts.map(({ operator, text }, index) => (
            <li key={index}>
              <span class="operator">{MEANINGS[operator] ?? operator}</span>{' '}
              <code>
                <Words text={text} />
              </code>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

const MEANINGS: Record<string, string> = {
  '': 'first',
  '&&': 'and if that went well',
  '||': 'or if that failed',
  ';': 'then',
  '&': 'at the same time',
  '|': 'into',
  '|&': 'into, errors too',
}
