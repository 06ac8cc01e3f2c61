/** What a card shows below its title, by the kind of tool. One that nobody here has heard of is shown as it is. */
import { countOf } from '../../amounts.ts'
import { readEdits } from '../../transcript/edits.ts'
import type { ToolRow } from '../../transcript/row.ts'
import { asInput, textOf } from '../../transcript/tool-words.ts'
import { visible } from '../../visible.ts'
import { Code } from './code.tsx'
import { Diff } from './diff.tsx'
import { Fold } from './fold.tsx'
import { LongText } from './long-text.tsx'
import { Markdown } from './markdown.tsx'
import { Questions } from './questions.tsx'
import { Subagent } from './subagent.tsx'
import { Todos } from './todos.tsx'
import { ToolOutput } from './tool-output.tsx'

/** Their title says what they do, and what they found is for the agent to read. */
const LOOKING = new Set(['Read', 'NotebookRead', 'Grep', 'Glob', 'LS', 'WebFetch', 'WebSearch', 'BashOutput'])

export function ToolBody({ row }: { row: ToolRow }) {
  const { use, result, key } = row
  if (use === null)
    return (
      <>
        {result !== null && <ToolOutput name={key} result={result} />}
        <Subagent row={row} />
      </>
    )
  const input = asInput(use.input)
  const failure = result?.isError === true && <ToolOutput name={key} result={result} />
  if (LOOKING.has(use.name)) {
    if (result === null || result.isError || result.text === '') return <>{failure}</>
    const lines = result.text.replace(/\n+$/, '').split('\n').length
    return (
      <Fold name={`${key}.result`} label={countOf(lines, 'line')}>
        {() => <ToolOutput name={key} result={result} />}
      </Fold>
    )
  }
  const edits = readEdits(use.name, use.input)
  if (edits !== null)
    return (
      <>
        {edits.map((edit, index) => (
          <Diff key={index} name={`${key}.${index}`} edit={edit} />
        ))}
        {failure}
      </>
    )
  switch (use.name) {
    case 'Bash':
      return (
        <>
          <Command name={`${key}.command`} text={textOf(input, 'command')} />
          {result !== null && <ToolOutput name={key} result={result} />}
        </>
      )
    case 'TodoWrite':
      return (
        <>
          <Todos todos={input.todos} />
          {failure}
        </>
      )
    case 'AskUserQuestion':
      return (
        <>
          <Questions input={input} isOpen={row.state === 'asked'} />
          {failure}
        </>
      )
    case 'ExitPlanMode':
      return <Markdown text={textOf(input, 'plan')} />
    case 'Task':
    case 'Agent':
      return (
        <>
          {textOf(input, 'prompt') !== '' && (
            <Fold name={`${key}.prompt`} label="What it was asked">
              {() => <Markdown text={textOf(input, 'prompt')} />}
            </Fold>
          )}
          <Subagent row={row} />
          {result !== null &&
            (failure || (
              <Fold name={`${key}.answer`} label="What it answered">
                {() => <Markdown text={result.text} />}
              </Fold>
            ))}
        </>
      )
    default:
      return (
        <>
          <LongText name={`${key}.input`} text={JSON.stringify(use.input, null, 2) ?? ''}>
            {(text) => (
              <pre class="command">
                <Code text={visible(text)} language="json" />
              </pre>
            )}
          </LongText>
          <Subagent row={row} />
          {result !== null && <ToolOutput name={key} result={result} />}
        </>
      )
  }
}

function Command({ name, text }: { name: string; text: string }) {
  return (
    <LongText name={name} text={text} lines={40}>
      {(shown) => (
        <pre class="command">
          <span class="sign" aria-hidden="true">
            ${' '}
          </span>
          <Code text={visible(shown)} language="bash" />
        </pre>
      )}
    </LongText>
  )
}
