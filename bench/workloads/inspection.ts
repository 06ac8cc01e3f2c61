/** What a turn costs when its machines are watched, and when they are not any more, beside one that never was. */
import { TEXT_CHARS } from '../contestant.ts'
import { startOurs } from '../ours.ts'
import type { Context, Side, Target, Workload } from '../workload.ts'
import { watchTurn } from './turn.ts'

const LINES = 20_000
const NEVER = 'never inspected'
const TIME = { figure: 'first printed to last received', unit: 'ms', digits: 0 }
const CPU = { figure: 'CPU of the server', unit: 's', digits: 2 }

type Ours = Awaited<ReturnType<typeof startOurs>>

/** @param prepare what is done to the session before its turn. @returns what is done after it */
const sideOf = (
  name: string,
  lines: number,
  prepare: (ours: Ours, path: string) => Promise<() => Promise<unknown>>,
): Side => ({
  name,
  async open({ load, profileDir }: Context) {
    const ours = await startOurs({ profileDir })
    const run = async () => {
      const { id } = (await (await ours.ask('POST', '/api/sessions', { agent: 'claude' })).json()) as {
        id: string
      }
      const undo = await prepare(ours, `/api/inspect?session=${id}`)
      const topic = { ...ours, open: async () => ours.topicOf(id) }
      const turn = await watchTurn({ load }, topic, { clients: 1, lines, chars: TEXT_CHARS })
      await undo()
      return { [TIME.figure]: turn.endedAt - turn.printedAt, [CPU.figure]: turn.cpuS }
    }
    return { run, close: ours.close }
  },
})

const never = (lines: number): Side => sideOf(NEVER, lines, async () => async () => {})

const off = (lines: number): Side =>
  sideOf('off again', lines, async ({ ask }, path) => {
    await ask('PUT', path, { on: true })
    await ask('PUT', path, { on: false })
    return async () => {}
  })

/** With somebody who reads it, as the page does. */
const on = (lines: number): Side =>
  sideOf('on, and read', lines, async ({ ask }, path) => {
    await ask('PUT', path, { on: true })
    const reading = new AbortController()
    const response = await ask('GET', path, undefined, {
      headers: { accept: 'text/event-stream' },
      signal: reading.signal,
    })
    const read = response.body!.pipeTo(new WritableStream()).catch(() => {})
    return async () => {
      reading.abort()
      await read
      await ask('PUT', path, { on: false })
    }
  })

const workload = (name: string, title: string, side: (lines: number) => Side, atMost: number): Workload => ({
  name,
  title,
  sides(size, short) {
    if (size > 1) return { notDone: 'what a step costs does not depend on how many there are' }
    const lines = short ? LINES / 10 : LINES
    return [side(lines), never(lines)]
  },
  targets: [TIME, CPU].map((figure): Target => ({ ...figure, against: NEVER, atMost })),
  warmUps: 3,
})

const TITLE = `a turn of ${LINES.toLocaleString('en')} lines, inspection`
export const inspectionOff = workload('inspection-off', `${TITLE} off`, off, 1.02)
export const inspectionOn = workload('inspection-on', `${TITLE} on`, on, 1.25)
