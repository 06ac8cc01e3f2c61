/**
 * The agents of a simulated machine: each is a process that writes claude's lines into a spool, heeds what it heeds,
 * and lives on when the server dies. Knows no server: whoever watches it is told that something has changed.
 */
import type { Exit } from '../../src/machines/process-events.ts'
import type { Launched } from '../checkers/history.ts'
import type { Recorder } from './recorder.ts'

/** The first way of stopping it that the agent gives in to. */
export type Heeds = 'interrupt' | 'SIGTERM' | 'SIGKILL'

export type SimulatedAgent = ReturnType<typeof createAgent>

const SESSION_ID = '00000000-0000-4000-8000-00000000c1a0'
const SIGNAL_STATUS = { SIGTERM: 143, SIGKILL: 137 }

/** @param onChange it has said something, or gone */
export function createAgent(
  { record }: Pick<Recorder, 'record'>,
  of: { agent: number; session: string; turn: number; heeds: Heeds } & Launched,
  onChange: () => void,
) {
  const { heeds, ...spawned } = of
  const { agent } = spawned
  let spool = ''
  let exit: Exit | null = null
  let messages = 0
  /** The block that it is in the midst of. */
  let writing: string | null = null
  let hasConcluded = false
  let questions = 0
  /** How much of its input it has read. */
  let heardChars = 0

  const say = (line: object): void => {
    spool += `${JSON.stringify(line)}\n`
    onChange()
  }
  const stream = (event: object): void => say({ type: 'stream_event', event, parent_tool_use_id: null })

  const leave = (by: 'itself' | Heeds | 'restart', exitCode: number): void => {
    if (exit !== null) return
    exit = { exitCode, signal: by === 'SIGTERM' || by === 'SIGKILL' ? by : null, error: '' }
    record({ type: 'exited', agent, by, exitCode })
    onChange()
  }

  record({ type: 'spawned', ...spawned })
  say({ type: 'system', subtype: 'init', session_id: SESSION_ID, model: 'simulated', tools: [] })

  return {
    get spool(): string {
      return spool
    },
    get exit(): Exit | null {
      return exit
    },
    /** Goes on with its block, or begins one. */
    write(words: string): void {
      if (exit !== null || hasConcluded) return
      if (writing === null) {
        writing = ''
        messages++
        stream({ type: 'message_start', message: { id: `${agent}.${messages}` } })
        stream({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
      }
      writing += words
      record({ type: 'wrote', agent, text: writing, finished: false })
      stream({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } })
    },
    /** Comes to the end of its block. */
    finishBlock(): void {
      if (exit !== null || writing === null) return
      record({ type: 'wrote', agent, text: writing, finished: true })
      const content = [{ type: 'text', text: writing }]
      writing = null
      say({ type: 'assistant', message: { id: `${agent}.${messages}`, content }, parent_tool_use_id: null })
      stream({ type: 'message_stop' })
    },
    /** The model's API failed in the midst of the block. */
    takeBack(): void {
      if (exit !== null || writing === null) return
      writing = null
      record({ type: 'gaveUp', agent })
      messages++
      stream({ type: 'message_start', message: { id: `${agent}.${messages}` } })
      stream({ type: 'message_stop' })
    },
    /** Asks for leave to use a tool. */
    ask(): void {
      if (exit !== null || hasConcluded) return
      const approvalId = `${agent}-${questions++}`
      record({ type: 'wanted', agent, approvalId })
      const rules = [{ toolName: 'Bash', ruleContent: approvalId }]
      const request = {
        ...{ subtype: 'can_use_tool', tool_name: 'Bash', tool_use_id: approvalId, input: {} },
        permission_suggestions: [
          { type: 'addRules', behavior: 'allow', rules, destination: 'localSettings' },
        ],
      }
      say({ type: 'control_request', request_id: approvalId, request })
    },
    /** Reads what has been said to it since. */
    hear(input: string): void {
      const lines = input.slice(heardChars).split('\n').slice(0, -1)
      heardChars = input.length
      if (exit !== null) return
      for (const line of lines) {
        const { request_id: approvalId, response } = JSON.parse(line).response
        const { behavior: decision, updatedPermissions } = response
        record({ type: 'told', agent, approvalId, decision, always: updatedPermissions !== undefined })
      }
    },
    /** Says its last word, and waits for the end of its input. */
    conclude(isError = false): void {
      if (exit !== null || hasConcluded) return
      hasConcluded = true
      writing = null
      record({ type: 'concluded', agent, isError })
      say({
        type: 'result',
        is_error: isError,
        result: 'Done.',
        usage: {},
        total_cost_usd: 0.5,
        duration_ms: 1,
      })
    },
    leave: (exitCode: number): void => leave('itself', exitCode),
    /** The machine under it is gone. */
    vanish: (): void => leave('restart', -1),
    /** Its stdin ends: it has nothing more to wait for, if it has said its last word. */
    endInput(): void {
      if (hasConcluded) leave('itself', 0)
    },
    interrupt(): void {
      if (heeds === 'interrupt') leave('interrupt', 1)
    },
    signal(signal: 'SIGTERM' | 'SIGKILL'): void {
      if (signal === 'SIGKILL' || heeds !== 'SIGKILL') leave(signal, SIGNAL_STATUS[signal])
    },
  }
}
