/**
 * The claude agent: Claude Code's CLI over stream-json. The prompt goes over stdin, never in argv: argv is short,
 * public to every user of the machine, and a prompt that begins with a dash would be taken for an option.
 */
import { join } from 'node:path'
import type { PermissionMode } from '../../machines/events.ts'
import type { Agent } from './agent.ts'
import { translateClaude } from './claude-lines.ts'
import { claudePartials } from './claude-partials.ts'
import { answerLine, permissionsOf } from './claude-permissions.ts'
import { promptContent } from './claude-prompt.ts'
import { jsonLine } from './json-line.ts'

const PERMISSION_MODES: Record<PermissionMode, string> = {
  ask: 'default',
  acceptEdits: 'acceptEdits',
  bypass: 'bypassPermissions',
}

const userLine = (content: object[]): string => jsonLine({ type: 'user', message: { role: 'user', content } })

const INTERRUPT = jsonLine({
  type: 'control_request',
  request_id: 'interrupt',
  request: { subtype: 'interrupt' },
})

/** @param program the CLI: a name on PATH or a path */
export const createClaudeAgent = (program: string): Agent => ({
  name: 'claude',
  program,
  launch({ prompt, attachments, model, permissionMode, allowed, memory, runDir }) {
    const { mode, settings } = permissionsOf(permissionMode, allowed)
    return {
      argv: [
        program,
        '-p',
        ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
        '--include-partial-messages',
        ...['--permission-prompt-tool', 'stdio', '--permission-mode', PERMISSION_MODES[mode]],
        ...(settings === null ? [] : ['--settings', join(runDir, 'settings.json')]),
        ...(model === null ? [] : [`--model=${model}`]),
        ...(memory.known ? ['--resume', memory.id] : ['--session-id', memory.id]),
      ],
      input: userLine(promptContent(prompt, attachments)),
      files: settings === null ? {} : { 'settings.json': settings },
    }
  },
  begin: () => ({ block: 0, costUsd: 0, unknown: false }),
  translate: translateClaude,
  partials: claudePartials,
  answer: answerLine,
  interrupt: { input: INTERRUPT },
  retry(state, exit, memory, freshId) {
    if (memory.known && (state.unknown === true || /No conversation found/.test(exit.error))) {
      const text = `The agent no longer knows conversation ${memory.id}: it starts anew, without memory of it.`
      return {
        memory: { id: freshId, known: false },
        record: { kind: 'notice', level: 'warn', code: 'agent_memory_lost', text },
      }
    }
    // A turn whose first words were never read has left its conversation behind under the id.
    if (!memory.known && /Session ID \S+ is already in use/.test(exit.error)) {
      const text = `The agent already has a conversation ${memory.id}: it goes on with that one.`
      return {
        memory: { id: memory.id, known: true },
        record: { kind: 'notice', level: 'info', code: 'agent_session_taken', text },
      }
    }
    return null
  },
})
