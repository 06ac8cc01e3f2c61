/** How a turn ends: the last records of its log, from what is known of its process. */
import type { ErrorCode, Outcome, TurnRecord } from './events.ts'
import type { ProcessDelays, ProcessOutput } from './process-events.ts'

const ERROR_CHARS_MAX = 500

/** The reason went with the server that knew it: what it recorded is the cause alone. */
const WITHOUT_WORDS = {
  lost: 'nobody can say how the agent ended',
  interrupted: 'the machine was restarted during the turn',
  output_limit: 'the agent said more than it may',
}

const error = (code: ErrorCode, text: string): TurnRecord => ({
  kind: 'error',
  code,
  error: text.slice(0, ERROR_CHARS_MAX).toWellFormed(),
})

const seconds = (ms: number | null | undefined): string => `${(ms ?? 0) / 1000} s`

/**
 * `(error | cancelled)? turn_end`, by the first cause alone.
 * @param delays the turn's, for the message of one that ran into them; null when they are not known
 */
export function concludeTurn(output: ProcessOutput, delays: ProcessDelays | null): TurnRecord[] {
  const { exitCode, signal, survivors } = output
  const end = (outcome: Outcome): TurnRecord => ({ kind: 'turn_end', outcome, exitCode, signal, survivors })
  switch (output.cause) {
    case 'cancelled':
      return [{ kind: 'cancelled' }, end('cancelled')]
    case 'timed_out':
      return [error('timed_out', `turn timed out after ${seconds(delays?.turnTimeoutMs)}`), end('timed_out')]
    case 'stalled':
      return [
        error('stalled', `the agent said nothing for ${seconds(delays?.stallKillMs)}`),
        end('timed_out'),
      ]
    case 'output_limit':
      return [error('output_limit', output.error || WITHOUT_WORDS.output_limit), end('failed')]
    case 'spawn_failed':
    case 'disk_full':
      return [error(output.cause, `could not start agent: ${output.error}`), end('failed')]
    case 'lost':
    case 'interrupted':
      return [error(output.cause, output.error || WITHOUT_WORDS[output.cause]), end(output.cause)]
    case 'finished':
      return output.resultError === null
        ? [end('completed')]
        : [error('agent_error', output.resultError), end('failed')]
    case 'exited':
      return concludeExit(output, end)
  }
}

function concludeExit(output: ProcessOutput, end: (outcome: Outcome) => TurnRecord): TurnRecord[] {
  const { exitCode, signal, resultError } = output
  if (exitCode === 0 && resultError === null) return [end('completed')]
  const status = signal === null ? `exit ${exitCode}` : `killed by ${signal}`
  if (exitCode === 0) return [error('agent_error', resultError ?? status), end('failed')]
  return [error('exit_nonzero', output.error || resultError || status), end('failed')]
}
