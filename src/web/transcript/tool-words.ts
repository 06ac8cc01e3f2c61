/** What a tool's use is called on its card, whatever its input is: agents have tools that nobody here has heard of. */

export type ToolWords = {
  /** In the agent's own words where there are any. */
  title: string
  /** What it works on: a path, a pattern, an address. Empty: the card shows it below. */
  subject: string
}

type Input = Record<string, unknown>

export const asInput = (input: unknown): Input =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Input) : {}

/** @returns the property if it is a text, else nothing */
export const textOf = (input: Input, name: string): string => {
  const value = input[name]
  return typeof value === 'string' ? value : ''
}

/** @param description from the tool's approval; may be empty */
export function toolWords(name: string, value: unknown, description: string): ToolWords {
  const input = asInput(value)
  const said = textOf(input, 'description') || description
  switch (name) {
    case 'Bash':
      return { title: said || 'Run a command', subject: '' }
    case 'BashOutput':
    case 'KillShell':
      return {
        title: name === 'KillShell' ? 'End a command' : 'Look at a command',
        subject: textOf(input, 'bash_id') || textOf(input, 'shell_id'),
      }
    case 'Read':
    case 'NotebookRead':
      return { title: 'Read', subject: `${pathOf(input)}${linesOf(input)}` }
    case 'Edit':
    case 'MultiEdit':
    case 'NotebookEdit':
      return { title: 'Edit', subject: pathOf(input) }
    case 'Write':
      return { title: 'Write', subject: pathOf(input) }
    case 'LS':
      return { title: 'List', subject: textOf(input, 'path') }
    case 'Glob':
    case 'Grep': {
      const path = textOf(input, 'path') || textOf(input, 'glob')
      const verb = name === 'Glob' ? 'Find files' : 'Search'
      return { title: verb, subject: textOf(input, 'pattern') + (path === '' ? '' : ` in ${path}`) }
    }
    case 'WebFetch':
      return { title: 'Fetch', subject: textOf(input, 'url') }
    case 'WebSearch':
      return { title: 'Search the web', subject: textOf(input, 'query') }
    case 'TodoWrite':
      return { title: 'Plan', subject: '' }
    case 'Task':
    case 'Agent':
      return { title: said || 'Subagent', subject: textOf(input, 'subagent_type') }
    case 'AskUserQuestion':
      return { title: 'Question', subject: '' }
    case 'ExitPlanMode':
      return { title: 'Plan to approve', subject: '' }
    default:
      return { title: said || mcpName(name), subject: '' }
  }
}

const pathOf = (input: Input): string => textOf(input, 'file_path') || textOf(input, 'notebook_path')

function linesOf({ offset, limit }: Input): string {
  if (typeof offset !== 'number' && typeof limit !== 'number') return ''
  const first = typeof offset === 'number' ? offset : 1
  return typeof limit === 'number' ? `:${first}–${first + limit - 1}` : `:${first}–`
}

/** `mcp__server__tool` as its server and tool. */
const mcpName = (name: string): string => /^mcp__(.+?)__(.+)$/.exec(name)?.slice(1).join(' · ') ?? name
