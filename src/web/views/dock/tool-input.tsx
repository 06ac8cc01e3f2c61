/** All of what a tool is to do, as it is: a command to the letter, an edit as a difference, the rest by its names. */
import { changesOf } from '../../state/change-of.ts'
import { subCommands } from '../../state/sub-commands.ts'
import { visible } from '../../visible.ts'
import { ChangeView } from './change-view.tsx'
import { Verbatim } from './verbatim.tsx'
import { Words } from './words.tsx'

export function ToolInput({ toolName, input }: { toolName: string; input: unknown }) {
  const changes = changesOf(toolName, input)
  if (changes !== null) return changes.map((change, index) => <ChangeView key={index} change={change} />)
  const fields = Object.entries((input ?? {}) as Record<string, unknown>)
  const isCommand = (name: string, value: unknown): value is string =>
    toolName === 'Bash' && name === 'command' && typeof value === 'string'
  // It was said above the card's input, in the same words.
  const rest = fields.filter(
    ([name, value]) => !isCommand(name, value) && !(toolName === 'Bash' && name === 'description'),
  )
  return (
    <>
      {fields.map(([name, value]) => isCommand(name, value) && <Command key={name} command={value} />)}
      <dl class="fields">
        {rest.map(([name, value]) => (
          <div key={name}>
            <dt>{visible(name)}</dt>
            <dd>
              <pre>{visible(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}</pre>
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
      <Verbatim class="command" label="Command">
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
