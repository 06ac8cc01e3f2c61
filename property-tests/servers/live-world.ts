/**
 * One session of a real server, with real agents and a client that stays attached: what it was asked, what it answered,
 * and what the client saw. Judged at the end against the log.
 */
import { expect } from 'vitest'
import { attach } from '../../src/client/index.ts'
import type { Event } from '../../src/machines/events.ts'
import { checkLog } from '../../src/verify/check-log.ts'
import { verifyDataDir } from '../../src/verify/data-dir.ts'
import { processesWith } from '../../test/support/processes.ts'
import { isCaughtUp, readStream } from '../../test/support/read-stream.ts'
import { type Answer, script, type TestServer } from '../../test/support/server.ts'
import type { Tally } from '../runner/property.ts'

/** What an agent does, and whether it comes to an end by itself. */
export const AGENTS = {
  talks: [{ lines: 5 }],
  drips: [{ drip: [20, 5] }],
  fails: [{ say: 'no' }, { exit: 3 }],
  hangs: [{ say: 'begun' }, { hang: true }],
  ignores: [{ deaf: true }, { say: 'deaf' }, { hang: true }],
} satisfies Record<string, Record<string, unknown>[]>
export type AgentKind = keyof typeof AGENTS

export type LiveWorld = Awaited<ReturnType<typeof createLiveWorld>>

export async function createLiveWorld(server: TestServer, tally: Tally) {
  const { id } = await server.open()
  const url = server.eventsUrl(id)
  const seen: Event[] = []
  const ended = new Map<number, PromiseWithResolvers<void>>()
  const accepted = new Map<string, { turn: number; eventId: number }>()
  const refused: string[] = []
  let prompts = 0
  /** The newest prompt that was accepted under a key. */
  let keyed: { prompt: string; key: string; body: unknown } | null = null
  const endOf = (turn: number): PromiseWithResolvers<void> => {
    const end = ended.get(turn) ?? Promise.withResolvers<void>()
    ended.set(turn, end)
    return end
  }

  const attachment = attach(url, { token: server.token() })
  const reading = (async () => {
    for await (const item of attachment) {
      if (item.type === 'reset') throw new Error('the log was said to be shorter than what was seen')
      if (item.type !== 'event') continue
      seen.push(item.event)
      if (item.event.kind === 'turn_end') endOf(item.event.turn).resolve()
    }
  })()
  // Awaited at the end, and told there.
  reading.catch(() => {})

  const see = (sight: string, times = 1): void => {
    if (sight in tally.sights) tally.sights[sight]! += times
  }
  const state = async (): Promise<string> => (await server.get(`/api/sessions/${id}`)).body.state
  const newPrompt = (kind: AgentKind): string => `${++prompts} ${script(...AGENTS[kind])}`
  const ask = (prompt: string, key?: string): Promise<Answer> =>
    server.post(`/api/sessions/${id}/turns`, { prompt }, key === undefined ? {} : { 'idempotency-key': key })
  const note = (prompt: string, { status, body }: Answer): void => {
    expect([202, 409]).toContain(status)
    if (status === 202) accepted.set(prompt, body)
    else refused.push(prompt)
  }

  return {
    async prompt(kind: AgentKind): Promise<void> {
      const prompt = newPrompt(kind)
      note(prompt, await ask(prompt))
    },
    /** As a client does that has no patience: the same again, at once. */
    async promptTwice(kind: AgentKind): Promise<void> {
      const prompt = newPrompt(kind)
      const key = `key of ${prompts}`
      const wasIdle = (await state()) === 'idle'
      const [first, second] = await Promise.all([ask(prompt, key), ask(prompt, key)])
      const [answer, other] = first.status === 202 ? [first, second] : [second, first]
      // A turn that ends between the two lets the later one in, whichever that is.
      if (wasIdle || other.status === 202) expect(other).toMatchObject({ status: 202, body: answer.body })
      note(prompt, answer)
      if (answer.status === 202) keyed = { prompt, key, body: answer.body }
    },
    /** As one does that never had the answer, whatever has become of the server since. */
    async promptAgain(): Promise<void> {
      if (keyed === null) return
      const { prompt, key, body } = keyed
      expect(await ask(prompt, key)).toMatchObject({ status: 202, body })
    },
    async promptBoth(kind: AgentKind): Promise<void> {
      const both = [newPrompt(kind), newPrompt('talks')]
      const answers = await Promise.all(both.map((prompt) => ask(prompt)))
      expect(answers.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(1)
      for (const [at, prompt] of both.entries()) note(prompt, answers[at]!)
    },
    async cancel(): Promise<void> {
      const { status, body } = await server.post(`/api/sessions/${id}/cancel`)
      expect([200, 202]).toContain(status)
      expect(body).toEqual({ cancelled: status === 202 })
      if (status === 202) see('cancels')
    },
    cut(): void {
      tally.faults++
      see('cuts')
      attachment.reconnect()
    },
    async kill(): Promise<void> {
      tally.faults++
      if ((await state()) !== 'idle') see('killsInTurn')
      await server.kill()
      await server.start()
      attachment.reconnect()
    },
    /** Stops what runs, and judges. */
    async end(replayFrom: number): Promise<void> {
      await this.promptAgain()
      await this.cancel()
      const turns = Math.max(0, ...[...accepted.values()].map(({ turn }) => turn))
      for (let turn = 1; turn <= turns; turn++) await endOf(turn).promise
      const log = await server.events(id)
      expect(checkLog(log)).toEqual([])
      expect([...verifyDataDir(server.dataDir)].flatMap(({ violations }) => violations)).toEqual([])
      expect(await state()).toBe('idle')
      expect(processesWith(`BREAKGLASS_TURN=${id}`)).toEqual([])

      const users = log.filter((event) => event.kind === 'user')
      expect(users.map(({ id: eventId, turn, text }) => [text, { turn, eventId }])).toEqual([...accepted])
      for (const prompt of refused) expect(users.map(({ text }) => text)).not.toContain(prompt)
      see('turns', users.length)

      const after = (replayFrom % (log.length + 1)) - 1
      const { frames } = await readStream(url, {
        ...{ token: server.token(), until: isCaughtUp },
        ...(after === -1 ? {} : { lastEventId: after }),
      })
      expect(frames.flatMap(({ id, data }) => (id === undefined ? [] : [data]))).toEqual(log.slice(after + 1))
      await server.request('DELETE', `/api/sessions/${id}`)
      await reading.catch((error: unknown) => expect(error).toMatchObject({ status: 404 }))
      expect(seen).toEqual(log)
    },
  }
}
