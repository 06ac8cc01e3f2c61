/**
 * A session's log as a document to read: Markdown, one event at a time. All that anybody said in it is text: fenced, or
 * escaped where it stands in a line, so that no viewer makes a link, an image or HTML of it.
 */
import type { AttachedFile, Event } from '../machines/events.ts'
import { visible } from '../runtime/visible.ts'

/** @returns the event's part of the document; empty for what a reader does not miss */
export function markdownOf(event: Event): string {
  switch (event.kind) {
    case 'user':
      return `## ${event.turn}. Prompt\n\n_${event.at}_\n\n${fence(event.text)}\n\n${list(event.attachments)}`
    case 'turn_start':
      return `### ${event.agent}${event.model === null ? '' : ` (${inline(event.model)})`}\n\n`
    case 'text':
      return `${event.parent === undefined ? fence(event.text) : quote(fence(event.text))}\n\n`
    case 'thinking':
      return `<details><summary>Thinking</summary>\n\n${fence(event.text)}\n\n</details>\n\n`
    case 'tool_use':
      return `**${inline(event.name)}**\n\n${fence(JSON.stringify(event.input, null, 2), 'json')}\n\n`
    case 'tool_result':
      return `${event.isError ? '**failed**\n\n' : ''}${fence(event.text)}${event.truncated ? `\n\n_${event.bytes} bytes in all_` : ''}\n\n`
    case 'approval':
      return `> asks: **${inline(event.toolName)}** ${inline(event.description)}\n\n`
    case 'approval_resolved':
      return `> ${event.decision === 'allow' ? 'allowed' : 'denied'} by ${inline(event.by)}${event.message === '' ? '' : `: ${inline(event.message)}`}${event.updatedInput === undefined ? '' : `\n\n${fence(JSON.stringify(event.updatedInput, null, 2), 'json')}`}\n\n`
    case 'notice':
      return event.code === 'agent_debug' ? '' : `> ${event.level}: ${inline(event.text)}\n\n`
    case 'error':
      return `> **error** ${event.code}\n\n${fence(event.error)}\n\n`
    case 'turn_end':
      return `_${event.outcome} after ${((event.durationMs ?? 0) / 1000).toFixed(1)} s_\n\n---\n\n`
    default:
      return ''
  }
}

/**
 * A whole log, event by event. A shell's output is in one piece, however many events it came in.
 */
export async function* markdownOfLog(agent: string, events: AsyncIterable<Event>): AsyncGenerator<string> {
  let output = ''
  for await (const event of events) {
    if (agent === 'shell' && event.kind === 'text') {
      output += event.text
      continue
    }
    if (output !== '') yield `${fence(output)}\n\n`
    output = ''
    yield markdownOf(event)
  }
  if (output !== '') yield `${fence(output)}\n\n`
}

const list = (attachments: AttachedFile[] = []): string =>
  attachments.map(({ path, bytes }) => `- ${inline(path)} (${bytes} bytes)\n`).join('') +
  (attachments.length > 0 ? '\n' : '')

/** In a line of its own, and in no other: what Markdown would take for anything but text has a backslash. */
export const inline = (text: string): string =>
  visible(text.replace(/\s+/g, ' ')).replace(/[\\`*_[\]<>#~]/g, '\\$&')

const quote = (text: string): string => text.replace(/^/gm, '> ')

/** A fence longer than any in the text: nothing in it can end it. */
function fence(text: string, language = ''): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const mark = '`'.repeat(Math.max(3, longest + 1))
  return `${mark}${language}\n${shown(text.replace(/\n$/, ''))}\n${mark}`
}

/** What a viewer would obey is spelt out, but for tabs, which code is made of, and the ends of lines. */
const shown = (text: string): string => text.replaceAll('\r\n', '\n').split('\t').map(visible).join('\t')
