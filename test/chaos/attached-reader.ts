/**
 * Somebody who stays attached to a session through all crashes, as bare HTTP: connects again with the id that it saw
 * last, and takes nothing on trust. Knows one session.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event } from '../../src/machines/events.ts'
import { type Frame, readStream } from '../support/read-stream.ts'
import type { MortalServer } from './mortal-server.ts'

const CONNECT_AGAIN_MS = 10

/** @param turns how many turns it stays for */
export function attachReader(mortal: MortalServer, id: string, turns: number) {
  const events: Event[] = []
  const faults: string[] = []
  const ends = Array.from({ length: turns }, () => Promise.withResolvers<void>())
  let connections = 0
  let done = false

  const onFrame = ({ id: given, event, data }: Frame): void => {
    if (event === 'reset') faults.push(`a reset after ${events.length} events`)
    if (given === undefined) return
    if (given !== events.length || data.id !== given)
      faults.push(`${given} came where ${events.length} was due`)
    events.push(data)
    if (data.kind === 'turn_end') ends[data.turn - 1]?.resolve()
    done = data.kind === 'turn_end' && data.turn === turns
  }

  const read = async (): Promise<void> => {
    while (!done && !mortal.stopped) {
      await mortal.whenUp()
      connections++
      const lastEventId = events.at(-1)?.id
      await readStream(mortal.server.eventsUrl(id), {
        ...{ token: mortal.server.token(), onFrame, until: () => done },
        ...(lastEventId === undefined ? {} : { lastEventId }),
      }).then(
        ({ status }) => status === 200 || faults.push(`the stream was answered ${status}`),
        () => sleep(CONNECT_AGAIN_MS),
      )
    }
  }

  return {
    /** What it saw, in the order in which it came. */
    events,
    /** What came twice, or not in its place. */
    faults,
    get connections() {
      return connections
    },
    turnEnd: (turn: number): Promise<void> => ends[turn - 1]!.promise,
    /** Fulfilled when the last turn has ended. */
    done: read(),
  }
}

export type AttachedReader = ReturnType<typeof attachReader>
