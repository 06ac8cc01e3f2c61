/** A server that is killed and started again, on the same port and data; and what a client does about it: ask again. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../support/server.ts'
import { findSteadyPort } from '../support/steady-port.ts'
import { startSureServer } from './sure-server.ts'
import { HANG_MS, within } from './within.ts'

const ASK_AGAIN_MS = 10

/** When to kill: so long after it was started, or after it began to serve. */
export type Moment = { serving: boolean; ms: number }

/** Half of the servers die while they start and take over what runs, or soon after; the other half while they serve. */
export const randomMoments =
  (random: () => number, msMax: number): (() => Moment) =>
  () => ({ serving: random() < 0.5, ms: random() * msMax })

export async function startMortalServer(env: Record<string, string> = {}) {
  const sure = await startSureServer({ BREAKGLASS_PORT: String(await findSteadyPort()), ...env })
  const { server, home } = sure
  let up = Promise.withResolvers<void>()
  up.resolve()
  let isUp = true
  let kills = 0
  let stopped = false
  let killing: Promise<void> = Promise.resolve()

  const killOnce = async (): Promise<void> => {
    if (isUp) up = Promise.withResolvers()
    isUp = false
    const code = await server.kill()
    if (code !== null)
      throw new Error(`the server ended by itself, with ${code}: ${server.stderr.slice(-500)}`)
    kills++
  }

  const start = async (): Promise<void> => {
    await server.start()
    isUp = true
    up.resolve()
  }

  const killTimes = async (
    count: number,
    nextMoment: () => Moment,
    onKill: (kill: number) => void,
  ): Promise<void> => {
    let starting: Promise<void> = Promise.resolve()
    const served = () => within(HANG_MS, 'the server to serve again', starting)
    for (let kill = 1; kill <= count && !stopped; kill++) {
      const { serving, ms } = nextMoment()
      if (serving) await served()
      await sleep(ms)
      await killOnce()
      starting = start()
      // Not waited for: the next kill may well come before it serves. If it ends by itself, the next kill tells.
      starting.catch(() => {})
      onKill(kill)
    }
    await served()
  }

  return {
    server,
    home,
    get kills() {
      return kills
    },
    get stopped() {
      return stopped
    },
    /** Fulfilled when it serves: at once, or after its next start. */
    whenUp: (): Promise<void> => up.promise,
    /**
     * Kills it so many times, and starts it again each time. Fulfilled when the last one serves.
     */
    killAtRandom(
      count: number,
      nextMoment: () => Moment,
      onKill: (kill: number) => void = () => {},
    ): Promise<void> {
      killing = killTimes(count, nextMoment, onKill)
      return killing
    },
    /** Asks until there is an answer, whichever server gives it. */
    async ask(request: () => Promise<Answer>): Promise<Answer> {
      while (!stopped) {
        await up.promise
        try {
          return await request()
        } catch {
          // No answer, so nobody knows whether it had an effect. The kill may not have been noticed here yet.
          await sleep(ASK_AGAIN_MS)
        }
      }
      throw new Error('stopped before there was an answer')
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stopped = true
      await killing.catch(() => {})
      await sure[Symbol.asyncDispose]()
    },
  }
}

export type MortalServer = Awaited<ReturnType<typeof startMortalServer>>
