/**
 * Stops that were tapped: each is for one turn, and goes out when the network returns unless that turn has ended. The
 * server stops whatever runs, so a stop that was delayed asks first what does.
 */
import { createStore } from '@xstate/store'
import type { Client } from '../../client/index.ts'
import { createRounds, type Rounds } from '../../client/rounds.ts'
import { askPatiently } from './patiently.ts'
import { problemText } from './problem-text.ts'

export type Stop = {
  turn: number
  /** `waiting`: for the network. `asked`: the server knows. `over`: nothing was to be stopped any more. */
  state: 'sending' | 'waiting' | 'asked' | 'over' | 'failed'
  problem: string | null
}

export type StopsDeps = { client: Pick<Client, 'cancel' | 'sessions'>; newKey(): string }

export function createStops({ client, newKey }: StopsDeps) {
  const store = createStore({
    context: {} as Record<string, Stop>,
    on: {
      changed: (context, { sessionId, stop }: { sessionId: string; stop: Stop }) => ({
        ...context,
        [sessionId]: stop,
      }),
    },
  })
  const asking = new Map<string, { turn: number; rounds: Rounds }>()

  const run = async (sessionId: string, turn: number, isLive: boolean, rounds: Rounds): Promise<void> => {
    const tell = (state: Stop['state'], problem: string | null = null): void => {
      // Another one has taken its place.
      if (asking.get(sessionId)?.rounds !== rounds) return
      store.trigger.changed({ sessionId, stop: { turn, state, problem } })
    }
    const idempotencyKey = newKey()
    let isSure = isLive
    const ask = async (): Promise<boolean> => {
      if (!isSure) {
        const session = await client.sessions.get(sessionId)
        if (session.state === 'idle' || session.turn !== turn) return false
      }
      isSure = false
      return (await client.cancel(sessionId, { idempotencyKey })).cancelled
    }
    tell('sending')
    try {
      const isCancelled = await askPatiently(ask, rounds, () => tell('waiting'))
      if (isCancelled !== null) tell(isCancelled ? 'asked' : 'over')
    } catch (error) {
      tell('failed', problemText(error))
    }
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
      const rounds = createRounds(undefined)
      asking.set(sessionId, { turn, rounds })
      await run(sessionId, turn, isLive, rounds)
    },
    /** The turn has ended: nothing is to be sent for it any more. */
    ended(sessionId: string, turn: number): void {
      const before = asking.get(sessionId)
      if (before !== undefined && before.turn <= turn) before.rounds.stop()
    },
    wake(): void {
      for (const { rounds } of asking.values()) rounds.again()
    },
  }
}
