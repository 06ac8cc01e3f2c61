/**
 * Answers to approvals on their way: each under a key of its own, tried until the server has taken it or says that
 * somebody was faster. Only in memory: an answer is of this moment, and not of the next visit.
 */
import { createStore } from '@xstate/store'
import { type AnswerInput, type Client, RequestError, type Resolution } from '../../client/index.ts'
import { createRounds, type Rounds } from '../../client/rounds.ts'
import { askPatiently } from './patiently.ts'
import { problemText } from './problem-text.ts'

export type GivenAnswer = {
  decision: AnswerInput['decision']
  /** `waiting`: for the network. `late`: somebody was faster, or it is not asked any more. */
  state: 'sending' | 'waiting' | 'taken' | 'late' | 'refused'
  problem: string | null
  /** When it was late: what the server has instead, where it says so. */
  resolution: Resolution | null
}

export type AnswersDeps = { client: Pick<Client, 'answer'>; newKey(): string }

export function createAnswers({ client, newKey }: AnswersDeps) {
  const store = createStore({
    context: {} as Record<string, GivenAnswer>,
    on: {
      changed: (context, { approvalId, answer }: { approvalId: string; answer: GivenAnswer }) => ({
        ...context,
        [approvalId]: answer,
      }),
      gone: (context, { approvalId }: { approvalId: string }) => {
        const { [approvalId]: _, ...rest } = context
        return rest
      },
    },
  })
  const asking = new Map<string, Rounds>()

  return {
    store,
    async give(sessionId: string, approvalId: string, input: AnswerInput): Promise<void> {
      if (asking.has(approvalId)) return
      const rounds = createRounds(undefined)
      asking.set(approvalId, rounds)
      const tell = (change: Partial<GivenAnswer> & Pick<GivenAnswer, 'state'>): void => {
        const answer = { decision: input.decision, problem: null, resolution: null, ...change }
        if (!rounds.stopped) store.trigger.changed({ approvalId, answer })
      }
      const idempotencyKey = newKey()
      tell({ state: 'sending' })
      try {
        const ask = (): Promise<Resolution> =>
          client.answer(sessionId, approvalId, { ...input, idempotencyKey })
        const taken = await askPatiently(ask, rounds, () => tell({ state: 'waiting' }))
        if (taken !== null) tell({ state: 'taken' })
      } catch (error) {
        const isLate =
          error instanceof RequestError &&
          (error.code === 'already_resolved' || error.code === 'approval_not_open')
        if (isLate) {
          const { resolution = null } = error.problem as { resolution?: Resolution }
          tell({ state: 'late', resolution })
        } else tell({ state: 'refused', problem: problemText(error) })
      } finally {
        asking.delete(approvalId)
      }
    },
    /** Not to be sent any more; what has arrived, has. */
    takeBack(approvalId: string): void {
      asking.get(approvalId)?.stop()
      asking.delete(approvalId)
      store.trigger.gone({ approvalId })
    },
    wake(): void {
      for (const rounds of asking.values()) rounds.again()
    },
  }
}
