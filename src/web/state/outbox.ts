/**
 * Prompts on their way: kept before they are sent, sent in order until the server answers, and shown meanwhile. The key
 * makes one run of however many tries; the lock only keeps tabs from trying at once.
 */
import { createStore } from '@xstate/store'
import type { Client, PromptAnswer } from '../../client/index.ts'
import { createPace } from '../../client/pace.ts'
import { createRounds, pause, type Rounds, wasAskedAgain } from '../../client/rounds.ts'
import { LIMITS } from '../limits.ts'
import type { Exclusive } from './exclusive.ts'
import { createOutboxShelf, isOfOutbox, type Posted } from './outbox-shelf.ts'
import { isPassing } from './patiently.ts'
import { problemText } from './problem-text.ts'
import type { Shelf } from './shelf.ts'

export type Waiting = Posted & {
  /** `sent`: the server has it, and the stream has not shown it yet. */
  state: 'waiting' | 'sending' | 'sent'
  /** Why the last try came to nothing. */
  problem: string | null
  /** When it is sent. */
  answer: PromptAnswer | null
}

export type Outgoing = {
  /** Oldest first. */
  prompts: readonly Waiting[]
  /** What the server made of those that have arrived: the ids of events, and of prompts in its queue. */
  arrived: readonly (number | string)[]
}

export type OutboxDeps = {
  client: Pick<Client, 'prompt'>
  shelf: Shelf
  exclusive: Exclusive
  /** The server will not have it, now or later. */
  refused(posted: Posted, why: string): void
  newKey(): string
  /** Milliseconds since the epoch. */
  now(): number
}

const waiting = (posted: Posted): Waiting => ({ ...posted, state: 'waiting', problem: null, answer: null })

export function createOutbox({ client, shelf, exclusive, refused, newKey, now }: OutboxDeps) {
  const kept = createOutboxShelf(shelf)
  const store = createOutboxStore(kept.list().map(waiting))
  /** The sessions that are being sent to, and what ends their waits. */
  const sending = new Map<string, Rounds>()
  const all = (): readonly Waiting[] => store.getSnapshot().context.prompts

  const next = (sessionId: string): Waiting | undefined =>
    all().find((prompt) => prompt.sessionId === sessionId && prompt.state !== 'sent')

  const forget = (key: string): void => {
    kept.remove(key)
    store.trigger.gone({ key })
  }

  /** @returns whether to go on at once; null when there is nothing to send */
  const sendNext = async (sessionId: string): Promise<boolean | null> => {
    const prompt = next(sessionId)
    if (prompt === undefined) return null
    const { key } = prompt
    if (!kept.has(key)) {
      // Another tab has sent it, or taken it back.
      store.trigger.gone({ key })
      return true
    }
    if (!prompt.wasTried) kept.put({ ...toPosted(prompt), wasTried: true })
    store.trigger.changed({ key, change: { state: 'sending', wasTried: true } })
    try {
      const attachments = prompt.files.map(({ path }) => path)
      const answer = await client.prompt(sessionId, {
        prompt: prompt.prompt,
        whenBusy: 'queue',
        idempotencyKey: key,
        ...(attachments.length > 0 && { attachments }),
      })
      kept.remove(key)
      store.trigger.sent({ key, answer })
    } catch (error) {
      const problem = problemText(error)
      if (isPassing(error)) {
        store.trigger.changed({ key, change: { state: 'waiting', problem } })
        return false
      }
      forget(key)
      refused(prompt, problem)
    }
    return true
  }

  const send = async (sessionId: string): Promise<void> => {
    const rounds = createRounds(undefined)
    sending.set(sessionId, rounds)
    const pace = createPace(Math.random, LIMITS.retryMaxMs)
    for (;;) {
      const goOn = await exclusive(`outbox.${sessionId}`, () => sendNext(sessionId))
      if (goOn === null) break
      if (goOn) continue
      const wait = rounds.next()
      await pause(pace.waitMs({ delivered: false, good: false, retryAfterMs: 0 }), wait)
      if (wasAskedAgain(wait)) pace.reset()
    }
    sending.delete(sessionId)
    // Posted after it was looked.
    if (next(sessionId) !== undefined) void send(sessionId)
  }

  /** Sends where nothing is being sent yet. */
  const begin = (): void => {
    const sessions = new Set(all().map(({ sessionId }) => sessionId))
    for (const sessionId of sessions)
      if (!sending.has(sessionId) && next(sessionId) !== undefined) void send(sessionId)
  }

  shelf.watch((name) => {
    if (!isOfOutbox(name)) return
    store.trigger.kept({ posted: kept.list() })
    // No reason to hurry: two tabs would hurry each other for ever.
    begin()
  })

  return {
    store,
    post(content: Pick<Posted, 'sessionId' | 'prompt' | 'files' | 'afterId'>): void {
      const posted: Posted = { ...content, key: newKey(), at: now(), wasTried: false }
      kept.put(posted)
      store.trigger.posted({ prompt: waiting(posted) })
      sending.get(content.sessionId)?.again()
      begin()
    },
    /** Tries at once what waits. */
    wake(): void {
      for (const rounds of sending.values()) rounds.again()
      begin()
    },
    /** Not to be sent any more. Nothing, while it is just being sent. */
    takeBack(key: string): Posted | null {
      const prompt = all().find((prompt) => prompt.key === key)
      if (prompt?.state !== 'waiting') return null
      forget(key)
      return toPosted(prompt)
    },
    /** The stream shows what was sent. */
    shown: (key: string): void => store.trigger.gone({ key }),
  }
}

function toPosted({ state, problem, answer, ...posted }: Waiting): Posted {
  return posted
}

const changed = (prompts: readonly Waiting[], key: string, change: Partial<Waiting>): readonly Waiting[] =>
  prompts.map((prompt) => (prompt.key === key ? { ...prompt, ...change } : prompt))

function createOutboxStore(prompts: readonly Waiting[]) {
  return createStore({
    context: { prompts, arrived: [] } as Outgoing,
    on: {
      posted: (context, { prompt }: { prompt: Waiting }) => ({
        ...context,
        prompts: [...context.prompts, prompt],
      }),
      changed: (context, { key, change }: { key: string; change: Partial<Waiting> }) => ({
        ...context,
        prompts: changed(context.prompts, key, change),
      }),
      sent: ({ prompts, arrived }, { key, answer }: { key: string; answer: PromptAnswer }) => ({
        prompts: changed(prompts, key, { state: 'sent', answer, problem: null }),
        arrived: [...arrived, answer.queued ? answer.promptId : answer.eventId],
      }),
      gone: (context, { key }: { key: string }) => ({
        ...context,
        prompts: context.prompts.filter((prompt) => prompt.key !== key),
      }),
      /** As the shelf has them now; of those that are here, what this tab knows. */
      kept: (context, { posted }: { posted: readonly Posted[] }) => {
        const { prompts } = context
        const isKept = new Set(posted.map(({ key }) => key))
        const known = new Set(prompts.map(({ key }) => key))
        return {
          ...context,
          prompts: [
            ...prompts.filter(({ key, state }) => state !== 'waiting' || isKept.has(key)),
            ...posted.filter(({ key }) => !known.has(key)).map(waiting),
          ],
        }
      },
    },
  })
}
