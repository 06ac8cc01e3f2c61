// Owns the script a prompt carries: which one a request follows, and how far it has come.
// Knows the shape of a request's messages, not how an answer travels.

import { createHash } from 'node:crypto'

/** One answer of the model. `SCRIPT: [Step, …]` in a prompt holds one per round of tool results. */
export type Step = {
  thinking?: string
  text?: string
  tools?: { name: string; input: object }[]
  /** Answers this HTTP status, always, instead of a message. */
  status?: number
  /** Answers 529 so many times before the message. */
  overloaded?: number
  /** Waits so long before each delta. */
  delayMs?: number
  /** Breaks the stream off half-way so many times before it comes whole. */
  broken?: number
  /** Holds the stream half-way until the test releases this name. */
  gate?: string
}

export type Block = { type: string; text?: string; [field: string]: unknown }
export type Message = { role: string; content: string | Block[] }

/** The step that answers these messages, and a key that is the same for a retry of the same request. */
export function nextStep(messages: Message[]): { step: Step; key: string } {
  const texts = messages.flatMap((message, at) => userTexts(message).map((text) => ({ text, at })))
  const newest = texts.findLast(({ text }) => !fromTheCli.test(text)) ?? { text: '', at: 0 }
  const found = newest.text.indexOf('SCRIPT:')
  if (found < 0) return { step: { text: echo(newest.text) }, key: '' }
  const steps: Step[] = JSON.parse(arrayAt(newest.text, found + 'SCRIPT:'.length))
  const rounds = messages.slice(newest.at + 1).filter(carriesToolResult).length
  return { step: steps[rounds] ?? { text: 'The script is over.' }, key: `${rounds} ${newest.text}` }
}

/** What a prompt without a script is answered: enough to tell that all of it arrived. */
export function echo(text: string): string {
  return `Got ${text.length} characters, sha256 ${createHash('sha256').update(text).digest('hex')}`
}

// The CLI adds texts of its own to the user's: they are no prompts.
const fromTheCli = /^\s*(<(system-reminder|task-notification|local-command|command-)|\[Request interrupted)/

function userTexts({ role, content }: Message): string[] {
  if (role !== 'user') return []
  if (typeof content === 'string') return [content]
  return content.flatMap((block) => (block.type === 'text' ? [block.text ?? ''] : []))
}

function carriesToolResult({ role, content }: Message): boolean {
  return role === 'user' && typeof content !== 'string' && content.some(({ type }) => type === 'tool_result')
}

// Text may follow the array, so its end is found by its brackets; those inside strings do not count.
function arrayAt(text: string, from: number): string {
  let depth = 0
  for (const token of text.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|[[\]]/g)) {
    if (token[0] === '[') depth++
    if (token[0] === ']' && --depth === 0) return text.slice(from, from + token.index + 1)
  }
  throw new SyntaxError('SCRIPT: is not followed by a JSON array')
}
