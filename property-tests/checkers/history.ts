/**
 * What happened to a server, in the order in which it did: what clients sent and were shown, what its store took, which
 * agents lived. JSON, whatever it was recorded from; each checker is a function over it. Knows how to take a part of it
 * out, and judges nothing.
 */
import type { AttachItem } from '../../src/client/index.ts'
import type { Decision, Event, PermissionMode } from '../../src/machines/events.ts'
import type { SessionFold } from '../../src/machines/fold.ts'
import type { SessionEdit } from '../../src/runtime/log/store.ts'

/** What a client asks for. */
export type Asked = {
  /** One wish of an operator's, however often it is sent. */
  wish: string
  session: string
  what:
    | ('open' | 'set' | 'delete')
    | ('prompt' | 'cancel' | 'answer')
    | ('edit' | 'remove' | 'clear' | 'resume')
  /** The prompt's text, or its new one; whether the agent may, and always; what is set, as JSON. Empty for no body. */
  body: string
  /** Of a prompt: the paths of the files that come with it. */
  attachments?: string[]
  /** Of which prompt that waits, or which question of the agent's. */
  target?: string
  whenBusy?: 'reject' | 'queue'
  key?: string
}

/** With what an agent is started. */
export type Launched = {
  permissionMode: PermissionMode
  /** What it need not ask for, of what was asked before. */
  allowed: string[]
  /** The paths of the files that it is told of. */
  attachments: string[]
}

export type Happening =
  /** The store has the session from now on; has it otherwise; has nothing of it any more. */
  | { type: 'opened'; session: string }
  | { type: 'edited'; session: string; edit: SessionEdit }
  | { type: 'deleted'; session: string }
  /** Its files are gone as well. */
  | { type: 'removed'; session: string }
  /** The store took these events, and the fold with them. */
  | { type: 'stored'; session: string; events: Event[]; fold: SessionFold }
  | ({ type: 'asked'; request: number } & Asked)
  /** `answer` is the body; of a refusal, its code. */
  | { type: 'answered'; request: number; status: number; answer: unknown }
  /** Nobody knows what became of the request. */
  | { type: 'unanswered'; request: number }
  /** A reader, or one of its connections, is sent what follows a cursor; -1 for all. */
  | { type: 'attached'; stream: string; session: string; after: number }
  | { type: 'received'; stream: string; item: AttachItem }
  /** The reader has no more hope for what it follows. */
  | { type: 'despaired'; stream: string; why: string }
  | ({ type: 'spawned'; agent: number; session: string; turn: number } & Launched)
  /** The agent is in the midst of a block, and this is all of it so far; or has finished it. */
  | { type: 'wrote'; agent: number; text: string; finished: boolean }
  /** The agent took back what it was writing. */
  | { type: 'gaveUp'; agent: number }
  /** The agent waits for leave; it is told whether it may. */
  | { type: 'wanted'; agent: number; approvalId: string }
  | { type: 'told'; agent: number; approvalId: string; decision: Decision; always: boolean }
  /** The agent has said its last word. */
  | { type: 'concluded'; agent: number; isError: boolean }
  | {
      type: 'exited'
      agent: number
      by: 'itself' | 'interrupt' | 'SIGTERM' | 'SIGKILL' | 'restart'
      exitCode: number
    }
  /** The turn's supervisor is gone, and nobody will know how its agent ends. */
  | { type: 'lost'; session: string; turn: number }
  | { type: 'crashed' }
  /** The server is told to stop; it has. */
  | { type: 'stopping' }
  | { type: 'stopped' }
  /** The machine, under whatever ran there; `keepsRuns`: with the files of the agents. */
  | { type: 'restarted'; keepsRuns: boolean }
  /**
   * All that was on its way has arrived. `streams` are attached and read. `over`: nothing is to go on by itself any
   * more; every agent was left to end.
   */
  | { type: 'rest'; streams: string[]; over: boolean }

/** What happened, and when: milliseconds after the beginning. */
export type Entry = Happening & { at: number }
export type History = readonly Entry[]

type Kind = Happening['type']
export type EntryOf<K extends Kind> = Extract<Entry, { type: K }>

export const isA =
  <K extends Kind>(type: K) =>
  (entry: Entry): entry is EntryOf<K> =>
    entry.type === type

export const sessionsOf = (history: History): string[] => [
  ...new Set(history.filter(isA('stored')).map(({ session }) => session)),
]

/** All that a session's log holds. */
export const logOf = (history: History, session: string): Event[] =>
  history
    .filter(isA('stored'))
    .filter((entry) => entry.session === session)
    .flatMap(({ events }) => events)

/** The agents of one session's turn, in the order in which they were started. */
export const agentsOf = (history: History, session: string, turn: number): EntryOf<'spawned'>[] =>
  history.filter(isA('spawned')).filter((entry) => entry.session === session && entry.turn === turn)

/** What happened to one agent. */
export const lifeOf = (history: History, agent: number): Entry[] =>
  history.filter((entry) => 'agent' in entry && entry.agent === agent)

/** Whether the supervisor of an agent was lost. */
export const isLost = (history: History, { session, turn }: { session: string; turn: number }): boolean =>
  history.some((entry) => entry.type === 'lost' && entry.session === session && entry.turn === turn)
