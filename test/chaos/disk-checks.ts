/** What must hold of a turn that met a full disk, once there is room again. */
import { isDeepStrictEqual } from 'node:util'
import type { Event } from '../../src/machines/events.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { script, type TestServer, textsOf } from '../support/server.ts'
import { whatRuns } from './nothing-runs.ts'
import { HANG_MS, within } from './within.ts'

export const EXIT_CODE = 7

type Place = { server: TestServer; id: string }

/**
 * `texts`: what the agent says. `mustSay`: whether the log has to say that the disk was full. `seen`: what a client was
 * shown before.
 */
type Expected = { texts: string[]; mustSay: boolean; seen: Event[] }

/** A turn that ends as if there had been room all the time. @returns what is wrong */
export async function checkEnd(place: Place, { texts, mustSay, seen }: Expected): Promise<string[]> {
  const { server, id } = place
  await within(HANG_MS, 'the end of the turn', untilTurnEnd(server.eventsUrl(id), server.token()))
  const events = await server.events(id)
  const end = events.at(-1)
  const isSaid = events.some((event) => event.kind === 'notice' && event.code === 'disk_full')
  return [
    ...(isDeepStrictEqual(events.slice(0, seen.length), seen) ? [] : ['what was seen has changed']),
    ...(isDeepStrictEqual(textsOf(events), texts) ? [] : [`said ${JSON.stringify(textsOf(events))}`]),
    ...(end?.kind === 'turn_end' && end.exitCode === EXIT_CODE ? [] : [`ended in ${JSON.stringify(end)}`]),
    ...(isSaid || !mustSay ? [] : ['the log does not say that the disk was full']),
    ...(await checkAfter(place, events)),
  ]
}

/** Whatever its end: nothing of it is left, and the session takes the next prompt. @returns what is wrong */
export async function checkAfter(place: Place, events: Event[]): Promise<string[]> {
  const { server, id } = place
  const running = await whatRuns(server, id)
  const { state } = (await server.get(`/api/sessions/${id}`)).body
  const next = await ask(place, script({ say: 'next' }), 'next')
  const after = events.at(-1)!.id
  const { frames } = await within(
    HANG_MS,
    'the next turn',
    untilTurnEnd(server.eventsUrl(id), server.token(), after),
  )
  const { outcome } = frames.at(-1)!.data
  return [
    ...checkLog(events),
    ...running,
    ...(state === 'idle' ? [] : [`is ${state}`]),
    ...(next.status === 202 && outcome === 'completed'
      ? []
      : [`the next prompt: ${next.status}, ${outcome}`]),
  ]
}

export const ask = ({ server, id }: Place, prompt: string, key = 'once') =>
  server.post(`/api/sessions/${id}/turns`, { prompt }, { 'idempotency-key': key })
