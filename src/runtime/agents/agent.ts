/** What an agent is to this server: how it is started, and how its lines become records. Pure functions over JSON. */
import type { Asked } from '../../machines/approvals.ts'
import type { Answer, OutputRecord, PermissionMode, UnfinishedBlock } from '../../machines/events.ts'
import type { Exit } from '../../machines/process-events.ts'
import type { Line } from '../process/splitter.ts'

/** Under which id the agent keeps its own memory of the conversation, and whether it should know that id already. */
export type AgentMemory = { id: string; known: boolean }

/** A file that comes with a prompt. */
export type Attachment = {
  /** Absolute. */
  path: string
  mediaType: string
  bytes: number
  /** What is in it; null when it is not what it was any more, or larger. */
  read(bytesMax: number): Buffer | null
}

type TurnRequest = {
  prompt: string
  attachments: Attachment[]
  model: string | null
  permissionMode: PermissionMode
  /** What operators have allowed for the session, as the agent suggested it. */
  allowed: unknown[]
  memory: AgentMemory
  /** The run directory of this start, and a directory that lives as long as the session. */
  runDir: string
  stateDir: string
}

export type Launch = {
  argv: string[]
  /** What the agent reads first on stdin, which stays open; null for an empty stdin. */
  input: string | null
  /** Further files of the run directory: name to content. */
  files: Record<string, string>
}

/** Where an adapter stands in an agent's output. Stored with the offset behind it, so it must be JSON. */
export type AdapterState = { [key: string]: unknown }

export type Translation = {
  state: AdapterState
  records: OutputRecord[]
  /** Set when the agent has said its last word; `error` is its complaint. */
  finished?: { error: string | null }
  /** What the agent is to be told at once; told again when the lines are read again. */
  reply?: string
}

export type Agent = {
  name: string
  /** The program that must be there for the agent to run: a name on PATH or a path. */
  program: string
  launch(request: TurnRequest): Launch
  begin(): AdapterState
  /** Total: any line gives a translation, never a throw. */
  translate(state: AdapterState, lines: Line[]): Translation
  /** What is being written where the adapter stands. A block has the number here that it has when it is finished. */
  partials(state: AdapterState): readonly UnfinishedBlock[]
  /** The line that tells the agent what became of what it asked. */
  answer(asked: Asked, answer: Answer): string
  /** The agent's own way of being stopped. */
  interrupt: { input: string } | { signal: NodeJS.Signals }
  /** Whether to start once more, with other memory, after this exit. Null: no. */
  retry(
    state: AdapterState,
    exit: Exit,
    memory: AgentMemory,
    freshId: string,
  ): { memory: AgentMemory; record: OutputRecord } | null
}
