/**
 * The steps of the process machine in one turn, as far as the log tells of them: it holds what the session machine
 * recorded, and the process only shows through that. So each of these is a guess, but never one that the machine
 * could not have come to: a step that does not begin where the machine stands is left out. Pure.
 */
import type { Event, Step } from '../../../client/index.ts'
import { type DraftStep, processLit } from './logged-step.ts'
import { COMMANDS, WAYS, type Way } from './process-ways.ts'

const GUESS = 'the log does not hold what the process is told: this is what it led to'

export type ProcessReader = ReturnType<typeof createProcessReader>

/** Reads a turn's process along with its session. */
export function createProcessReader() {
  /** Null: there is none, before the prompt and after the end. */
  let state: string | null = null
  let steps: DraftStep[] = []

  const isIn = (source: string): boolean =>
    source === '' || state === source || !!state?.startsWith(`${source}.`)

  const push = (at: string, step: Omit<DraftStep, 'at' | 'guess'>): void => {
    steps.push({ at, guess: GUESS, ...step })
  }

  /** Takes the first way that begins where the process is. */
  const go = (at: string, ways: Way[], changes: Step['changes'] = []): void => {
    const way = ways.find(({ source }) => state !== null && isIn(source))
    if (way === undefined || state === null) return
    const { source, event, index = 0, target = state, from } = way
    const before = processLit(state)
    const isNew = target !== state
    state = target
    const id = source === '' ? 'process' : `process.${source}`
    push(at, {
      ...{ from, to: 'process', event: { type: event }, before, after: processLit(target) },
      taken: [`${id}/${event}/${index}`],
      changes,
    })
    const command = event === 'ANSWER' ? event : isNew ? COMMANDS[target] : undefined
    if (command !== undefined) push(at, { from: 'process', to: 'port', event: { type: command } })
  }

  const conclude = (at: string, events: readonly Event[]): void => {
    const error = events.find((event) => event.kind === 'error')
    const end = events.find((event) => event.kind === 'turn_end')
    const { exitCode = null, signal = null, survivors = 0 } = end ?? {}
    const code = error?.code ?? ''
    if (code === 'internal') return
    if (code === 'spawn_failed' || code === 'disk_full') go(at, [WAYS.failedToStart, WAYS.failedToStartLate])
    else if (code === 'lost' || code === 'interrupted') go(at, [WAYS.lost])
    else if (state === 'starting') go(at, [WAYS.started])
    if (code === 'timed_out') go(at, [WAYS.timedOut])
    if (code === 'stalled') go(at, [WAYS.stalled])
    if (code === 'output_limit') go(at, [WAYS.overflowed])
    if (exitCode !== null)
      go(
        at,
        [WAYS.exited, WAYS.exitedStopped],
        [...news('exitCode', null, exitCode), ...news('signal', null, signal)],
      )
    go(at, [WAYS.cleared, WAYS.settled, WAYS.clearedUnstarted], news('survivors', 0, survivors))
  }

  return {
    /** It is invoked. */
    begin(at: string): void {
      state = 'starting'
      push(at, {
        ...{ from: 'session', to: 'process', event: { type: 'xstate.init' } },
        ...{ before: [], after: processLit(state) },
      })
    },
    /** Its agent has said this, so it runs. */
    beforeOutput(at: string, event: Event): void {
      // A turn that waits for its place has no agent yet.
      const isOwn = event.kind === 'notice' && event.code === 'waiting_for_slot'
      if (!isOwn) go(at, [WAYS.started, WAYS.startedLate])
      if (event.kind !== 'notice') return
      if (event.code === 'agent_silent') go(at, [WAYS.silent])
      if (event.code === 'agent_hung') go(at, [WAYS.hung])
      if (event.code === 'left_behind' || event.code === 'maybe_left_behind') go(at, [WAYS.exited])
    },
    finish: (at: string): void => go(at, [WAYS.finished]),
    ask: (at: string): void => go(at, [WAYS.asks]),
    answer: (at: string): void => go(at, [WAYS.answer]),
    answerAll: (at: string): void => go(at, [WAYS.isAnswered]),
    stop: (at: string): void => go(at, [WAYS.abandoned, WAYS.stopped, WAYS.stoppedLate]),
    /** @param events what concludes the turn */
    conclude,
    end(): void {
      state = null
    },
    /** What came of it since it was asked last. */
    takeSteps(): DraftStep[] {
      const taken = steps
      steps = []
      return taken
    },
  }
}

const news = (field: string, before: unknown, after: unknown): Step['changes'] =>
  before === after ? [] : [{ field, before, after }]
