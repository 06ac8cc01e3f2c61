/** Who resolved an approval elsewhere, and how. Pure. */
import type { Approval, Resolution } from '../../client/index.ts'
import { asInput, textOf, toolWords } from '../transcript/tool-words.ts'

const NAME_CHARS = 60

/** Which of several that one tool waited for. */
export function approvalName({ toolName, input, description }: Approval): string {
  const { title, subject } = toolWords(toolName, input, description)
  if (toolName === 'AskUserQuestion' || toolName === 'ExitPlanMode') return title
  const what = (textOf(asInput(input), 'command') || subject || description).trim().replace(/\s+/g, ' ')
  if (what === '') return toolName
  return `${toolName} “${what.length > NAME_CHARS ? `${what.slice(0, NAME_CHARS).toWellFormed()}…` : what}”`
}

/**
 * @param tool the approval's name
 * @param resolution null: nobody can say
 * @param isOver its deadline has passed
 */
export function resolutionText(
  tool: string,
  resolution: Pick<Resolution, 'decision' | 'by' | 'message'> | null,
  isOver: boolean,
): string {
  if (resolution === null)
    return isOver ? `The deadline of ${tool} has passed` : `${tool} does not wait any more`
  const { decision, by, message } = resolution
  switch (by) {
    case 'deadline':
      return `Nobody answered in time: ${tool} was denied`
    case 'cancel':
      return `The turn was stopped: ${tool} was denied`
    case 'agent':
      return `The agent does not wait for ${tool} any more`
    case 'server':
      return `The server denied ${tool}: ${message}`
    default: {
      const who = by === 'token' ? 'A program or terminal' : by
      const why = decision === 'deny' && message !== '' ? `: ${message}` : ''
      return `${who} ${decision === 'allow' ? 'allowed' : 'denied'} ${tool}${why}`
    }
  }
}
