/**
 * Stops that were tapped: each is for one turn, and goes out when the network returns unless that turn has ended, be it on
 * a later visit. The server stops whatever runs, so a stop that was delayed asks first what does.
 */
import { createStore } from '@xstate/store'
import type { Client } from '../../client/index.ts'
import { createRounds, type Rounds } from '../../client/rounds.ts'
import { askPatiently } from './patiently.ts'
import { problemText } from './problem-text.ts'
import { readJson, type Shelf } from './shelf.ts'

export type Stop = {
  turn: number
  /** `waiting`: for the network. `asked`: the server knows. `over`: nothing was to be stopped any more. */
  state: 'sending' | 'waiting' | 'asked' | 'over' | 'failed'
  problem: string | null
}

export type StopsDeps = { client: Pick<Client, 'cancel' | 'sessions'>; shelf: Shelf; newKey(): string }

/** As it is kept. */
type Unsent = { sessionId: string; turn: number; key: string }

const PREFIX = 'stop.'

export function createStops({ client, shelf, newKey }: StopsDeps) {
  const unsent = (): Unsent[] => shelf.names(PREFIX).flatMap((name) => readJson<Unsent>(shelf, name) ?? [])
  const kept = unsent().map(({ sessionId, turn }) => [sessionId, { turn, state: 'waiting', problem: null }])
  const store = createStore({
    context: Object.fromEntries(kept) as Record<string, Stop>,
    on: {
      changed: (context, { sessionId, stop }: { sessionId: string; stop: Stop }) => ({
        ...context,
        [sessionId]: stop,
      }),
    },
  })
  const asking = new Map<string, { turn: number; rounds: Rounds }>()

  /** @param isLive whether the page is sure that it is the turn that runs */
  const run = async ({ sessionId, turn, key }: Unsent, isLive: boolean): Promise<void> => {
    const rounds = createRounds(undefined)
    asking.set(sessionId, { turn, rounds })
    // Another one may have taken its place.
    const isMine = (): boolean => asking.get(sessionId)?.rounds === rounds
    const tell = (state: Stop['state'], problem: string | null = null): void => {
      if (isMine()) store.trigger.changed({ sessionId, stop: { turn, state, problem } })
    }
    let isSure = isLive
    const ask = async (): Promise<boolean> => {
      if (!isSure) {
        const session = await client.sessions.get(sessionId)
        if (session.state === 'idle' || session.turn !== turn) return false
      }
      isSure = false
      return (await client.cancel(sessionId, { idempotencyKey: key })).cancelled
    }
    tell('sending')
    try {
      const isCancelled = await askPatiently(ask, rounds, () => tell('waiting'))
      if (isCancelled !== null) tell(isCancelled ? 'asked' : 'over')
    } catch (error) {
      tell('failed', problemText(error))
    }
    if (isMine()) shelf.write(PREFIX + sessionId, null)
  }

  return {
    store,
    /**
     * Stops this turn. Again while it is being asked: at once.
     * @param isLive whether the page is sure that it is the turn that runs
     */
    async stop(sessionId: string, turn: number, isLive: boolean): Promise<void> {
      const before = asking.get(sessionId)
      const state = store.getSnapshot().context[sessionId]?.state
      if (before?.turn === turn && (state === 'sending' || state === 'waiting')) return before.rounds.again()
      before?.rounds.stop()
      const given = { sessionId, turn, key: newKey() }
      shelf.write(PREFIX + sessionId, JSON.stringify(given))
      await run(given, isLive)
    },
    /** The turn has ended: nothing is to be sent for it any more. */
    ended(sessionId: string, turn: number): void {
      const before = asking.get(sessionId)
      if (before !== undefined && before.turn <= turn) before.rounds.stop()
    },
    /** Tries at once what waits; of an earlier visit as well. */
    wake(): void {
      for (const { rounds } of asking.values()) rounds.again()
      for (const given of unsent()) if (!asking.has(given.sessionId)) void run(given, false)
    },
  }
}
