/** How much there is to read of what a tool is to do, before anybody has read it. Pure. */
import { countOf } from '../amounts.ts'
import { asInput, textOf } from '../transcript/tool-words.ts'
import { subCommands } from './sub-commands.ts'

/** @returns nothing for what is seen at a glance, or is no command */
export function extentText(toolName: string, input: unknown): string {
  if (toolName !== 'Bash') return ''
  const command = textOf(asInput(input), 'command').trimEnd()
  const commands = subCommands(command)?.length ?? 1
  const lines = command.split('\n').length
  return [commands > 1 ? countOf(commands, 'command') : '', lines > 1 ? countOf(lines, 'line') : '']
    .filter((part) => part !== '')
    .join(' · ')
}
