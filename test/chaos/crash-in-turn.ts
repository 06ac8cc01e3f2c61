/** One turn whose server dies at a named instant: it must look as if nothing had happened. */
import { checkLog } from '../../src/verify/check-log.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { textsOf } from '../support/server.ts'
import type { CrashingServer, Instant } from './crashing-server.ts'
import { createGatedTurn, untilSeen } from './gated-turn.ts'
import { whatRuns } from './nothing-runs.ts'
import { HANG_MS, within } from './within.ts'

/** How many of the turn's three lines a client has seen when the server is armed. */
function linesBefore(instant: Instant, round: number): 0 | 1 | 2 {
  if (/append/.test(instant)) return (round % 3) as 0 | 1 | 2
  return /exit|status/.test(instant) ? 2 : 0
}

/**
 * @param round the same instant is come to in more than one way
 * @returns how often its agent was started, and what is wrong
 */
export async function crashInTurn(
  crashing: CrashingServer,
  instant: Instant,
  round: number,
): Promise<{ starts: number; misses: string[] }> {
  const { server } = crashing
  const exitCode = round % 100
  await using turn = await createGatedTurn(exitCode)
  const { id } = await server.open({ agent: 'shell' })
  const ask = (prompt = turn.prompt, key = 'once') =>
    server.post(`/api/sessions/${id}/turns`, { prompt }, { 'idempotency-key': key })
  const lines = linesBefore(instant, round)
  // A supervisor that is as slow as can be: it claims the turn when the next server has long started another.
  const hold = instant === 'before-claim' && round % 2 === 1

  if (lines === 0) crashing.arm(instant, hold ? 'hold' : 'kill')
  const asked = ask().catch(() => null)
  for (let line = 0; line < lines; line++) {
    await untilSeen(server, id, line)
    if (line === lines - 1) crashing.arm(instant)
    await turn.letOn(1)
  }
  await crashing.crash(instant)
  const first = await asked
  // Before it is asked for again: what was answered is on record, whatever a second asking makes of it.
  const recorded = first === null || (await server.events(id)).some((event) => event.kind === 'user')
  const again = await ask()
  if (hold) {
    await untilSeen(server, id, 0)
    await crashing.letGo()
  }
  await turn.letOn(2 - lines)
  await within(HANG_MS, 'the end of the turn', untilTurnEnd(server.eventsUrl(id), server.token()))
  const running = await whatRuns(server, id)

  const events = await server.events(id)
  const end = events.at(-1)
  const answer = JSON.stringify(again.body)
  const session = (await server.get(`/api/sessions/${id}`)).body
  const next = await ask('exit 0', 'next')
  await within(
    HANG_MS,
    'the end of the next turn',
    untilTurnEnd(server.eventsUrl(id), server.token(), end?.id),
  )
  const misses = [
    ...(again.status === 202 ? [] : [`its prompt was answered ${again.status}`]),
    ...(recorded ? [] : ['its prompt was answered, and was not on record']),
    ...(first === null || JSON.stringify(first.body) === answer ? [] : ['its prompt had two answers']),
    ...(turn.starts() === 1 ? [] : [`started ${turn.starts()} times`]),
    ...(textsOf(events).join('') === turn.output ? [] : [`said ${JSON.stringify(textsOf(events))}`]),
    ...(end?.kind === 'turn_end' && end.exitCode === exitCode ? [] : [`ended in ${JSON.stringify(end)}`]),
    ...(session.state === 'idle' && session.turn === 1
      ? []
      : [`is ${session.state} in turn ${session.turn}`]),
    ...(next.status === 202 ? [] : [`the next prompt was answered ${next.status}`]),
    ...checkLog(events),
    ...running,
  ]
  return { starts: turn.starts(), misses }
}
