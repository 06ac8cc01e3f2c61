/**
 * Operators, and what they wish for: in the sessions that they use now, knowing what the logs have told them. How a wish
 * travels is not theirs.
 */
import type { SessionEdit } from '../../src/runtime/log/store.ts'
import { type Asked, type History, logOf } from '../checkers/history.ts'
import type { Heeds } from './agents.ts'
import type { Recorder } from './recorder.ts'
import type { Answer } from './server.ts'

/** Under a key or not; by a network that doubles it or not. */
export type Sending = { keyed: boolean; doubled: boolean }

/** How many sessions they use at once: one that is deleted makes room for another. */
const SESSIONS = 2

export function createOperators(deps: {
  recorder: Recorder
  freshId: () => string
  send: (asked: Asked, doubled?: boolean) => void
}) {
  const { recorder, freshId, send } = deps
  const inUse = Array.from({ length: SESSIONS }, freshId)
  const sessions = new Set(inUse)
  /** Those that they were told are deleted. */
  const gone = new Set<string>()
  const keyed: (Asked & { key: string })[] = []
  let wishes = 0

  const sessionOf = (pick: number): string => inUse[pick % SESSIONS]!

  const wish = (
    what: Asked['what'],
    session: string,
    { keyed: hasKey = false, doubled = false }: Partial<Sending>,
    more: Partial<Asked> = {},
  ): void => {
    const wish = `${what} ${wishes++}`
    const asked = { wish, session, what, body: '', ...more, ...(hasKey && { key: wish }) }
    if (asked.key !== undefined) keyed.push({ ...asked, key: asked.key })
    send(asked, doubled)
  }

  /** Of one of the newest, whatever has become of it. */
  const wishAbout = (
    target: string | undefined,
    ...[what, session, sending, more]: Parameters<typeof wish>
  ): void => {
    if (target !== undefined) wish(what, session, sending, { ...more, target })
  }

  const keyedOf = (pick: number) => keyed.toReversed()[pick % keyed.length] ?? null
  const newest = (pick: number, which: number, kind: 'queued' | 'approval'): string | undefined =>
    knownIn(recorder.history, sessionOf(pick), kind)[which]

  return {
    /** Every session that was ever asked for. */
    sessions: sessions as ReadonlySet<string>,
    sessionOf,
    hear({ what, session }: Asked, { status }: Answer): void {
      if (status === 410 || (what === 'delete' && status === 204)) gone.add(session)
    },
    /** Under the same id, until they are told that it is deleted. */
    open(pick: number, doubled = false): void {
      if (gone.has(sessionOf(pick))) inUse[pick % SESSIONS] = freshId()
      sessions.add(sessionOf(pick))
      wish('open', sessionOf(pick), { doubled })
    },
    delete: (pick: number, doubled = false): void => wish('delete', sessionOf(pick), { doubled }),
    /** Whose wish it is can be told from the title. */
    set: (pick: number, edit: SessionEdit, doubled = false): void =>
      wish(
        'set',
        sessionOf(pick),
        { doubled },
        { body: JSON.stringify({ title: `set ${wishes}`, ...edit }) },
      ),
    prompt(
      pick: number,
      options: Sending & {
        heeds: Heeds | 'nothing'
        whenBusy: 'reject' | 'queue'
        attachments?: string[]
      },
    ): void {
      const { heeds, whenBusy, attachments = [] } = options
      const body = `prompt ${wishes}, heeds ${heeds}`
      wish('prompt', sessionOf(pick), options, { body, whenBusy, attachments })
    },
    cancel: (pick: number, sending: Sending): void => wish('cancel', sessionOf(pick), sending),
    clear: (pick: number, sending: Sending): void => wish('clear', sessionOf(pick), sending),
    resume: (pick: number, sending: Sending): void => wish('resume', sessionOf(pick), sending),
    resumeSession: (session: string): void => wish('resume', session, {}),
    edit(pick: number, which: number, sending: Sending): void {
      const body = `edit ${wishes}, heeds interrupt`
      wishAbout(newest(pick, which, 'queued'), 'edit', sessionOf(pick), sending, { body })
    },
    remove(pick: number, which: number, sending: Sending): void {
      wishAbout(newest(pick, which, 'queued'), 'remove', sessionOf(pick), sending)
    },
    answer(pick: number, which: number, options: Sending & { answer: 'allow' | 'deny' | 'always' }): void {
      const body = options.answer
      wishAbout(newest(pick, which, 'approval'), 'answer', sessionOf(pick), options, { body })
    },
    /** Sends once more what was sent under a key before; 0 is the newest. */
    again(pick: number): void {
      const before = keyedOf(pick)
      if (before === null) return
      recorder.see('key sent again')
      send(before)
    },
    /** Sends something else under a key that was used before. */
    misuse(pick: number): void {
      const before = keyedOf(pick)
      if (before === null) return
      recorder.see('key with another body')
      const { session, key } = before
      wish('prompt', session, {}, { body: `prompt ${wishes}, heeds interrupt`, key })
    },
  }
}

/** The prompts that were queued, or the questions that were asked, the newest first. */
function knownIn(history: History, session: string, kind: 'queued' | 'approval'): string[] {
  const ids = logOf(history, session).flatMap((event) => {
    if (event.kind !== kind) return []
    return event.kind === 'queued' ? [event.promptId] : event.kind === 'approval' ? [event.approvalId] : []
  })
  return [...new Set(ids)].reverse()
}
