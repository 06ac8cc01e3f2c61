/**
 * A shell's command line taken apart at `&&`, `||`, `;`, `|`, `&` and line ends, each part on a line of its own: help
 * for reading, never instead of the text itself. Gives up on what it does not understand. Pure.
 */

/** @param operator in front of it; empty for the first */
export type SubCommand = { operator: string; text: string }

const OPERATOR = /^(?:&&|\|\||\|&|;|\||&|\n)/
const CLOSING: Record<string, string> = { '(': ')', '{': '}' }

/** @returns null when it is one command, or more than this can read */
export function subCommands(command: string): SubCommand[] | null {
  const parts: SubCommand[] = []
  const open: string[] = []
  let operator = ''
  let text = ''
  const end = (next: string): void => {
    const trimmed = text.trim()
    if (trimmed !== '') {
      parts.push({ operator: parts.length === 0 ? '' : operator, text: trimmed })
      operator = next
    }
    text = ''
  }

  for (let at = 0; at < command.length; ) {
    const rest = command.slice(at, at + 2)
    const char = command[at]!
    const closing = open.at(-1)
    let taken = char
    if (closing === "'") {
      if (char === "'") open.pop()
    } else if (char === '\\') {
      taken = rest
    } else if (char === closing) {
      open.pop()
    } else if (rest === '$(') {
      open.push(')')
      taken = rest
    } else if (rest === '$' + '{') {
      open.push('}')
      taken = rest
    } else if (char === '"' || char === '`') {
      open.push(char)
    } else if (closing === '"') {
      // All else is text.
    } else if (char === "'") {
      open.push("'")
    } else if (rest === '<<') {
      return null
    } else if (char === '(' || (char === '{' && /^\{\s/.test(rest))) {
      open.push(CLOSING[char]!)
    } else if (char === '#' && /(?:^|\s)$/.test(text)) {
      taken = command.slice(at).split('\n', 1)[0]!
    } else if (open.length === 0 && !isRedirection(command, at)) {
      const [found] = OPERATOR.exec(command.slice(at, at + 2)) ?? []
      if (found !== undefined) {
        end(found === '\n' ? ';' : found)
        at += found.length
        continue
      }
    }
    text += taken
    at += taken.length
  }
  if (open.length > 0) return null
  end('')
  return parts.length > 1 ? parts : null
}

/** `2>&1`, `&>file` and `<&3` are no ends of a command. */
const isRedirection = (command: string, at: number): boolean =>
  command[at] === '&' && (/[<>]$/.test(command.slice(0, at)) || command[at + 1] === '>')
