/** A tool's input as the operator edits it: a command as it is, anything else as JSON. Pure. */

type Json = Record<string, unknown>

const isCommand = (toolName: string, input: unknown): input is { command: string } =>
  toolName === 'Bash' && typeof (input as Json | null)?.command === 'string'

export const editableText = (toolName: string, input: unknown): string =>
  isCommand(toolName, input) ? input.command : JSON.stringify(input, null, 2)

/** @returns why it will not do, or all of the input that it makes */
export function editedInput(toolName: string, input: unknown, text: string): Json | string {
  if (isCommand(toolName, input))
    return text.trim() === '' ? 'A command is wanted.' : { ...input, command: text }
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && Object.keys(value).length > 0
      ? (value as Json)
      : 'An object with a property is wanted.'
  } catch {
    return 'This is not JSON.'
  }
}
