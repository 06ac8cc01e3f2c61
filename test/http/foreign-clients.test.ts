/** Three clients that nobody here wrote, on a network that cuts them off: each must see each event once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventSource as PackageEventSource } from 'eventsource'
import { type BrowserContext, chromium } from 'playwright-core'
import { EventSource as UndiciEventSource } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Event } from '../../src/machines/events.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { createCuttingProxy } from '../support/cutting-proxy.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

type Seen = { events: Event[]; caughtUp: number }
/** Attaches until the end of the turn; calls back with each event as it comes. */
type Client = (url: string, onEvent: (event: Event) => void) => Promise<Seen>

/** What EventSource implementations have in common. */
type Source = {
  addEventListener(type: string, listener: (message: { data: string; lastEventId: string }) => void): void
  close(): void
}

const withEventSource =
  (open: (url: string) => Source): Client =>
  (url, onEvent) =>
    new Promise((resolve, reject) => {
      const source = open(url)
      const seen: Seen = { events: [], caughtUp: 0 }
      // The last connection may replay the turn's end before it has caught up.
      const endIfDone = (): void => {
        if (seen.events.at(-1)?.kind !== 'turn_end' || seen.caughtUp === 0) return
        source.close()
        resolve(seen)
      }
      source.addEventListener('caught-up', () => {
        seen.caughtUp++
        endIfDone()
      })
      source.addEventListener('message', ({ data, lastEventId }) => {
        const event: Event = JSON.parse(data)
        if (lastEventId !== String(event.id)) reject(new Error(`id ${lastEventId} on event ${event.id}`))
        seen.events.push(event)
        onEvent(event)
        endIfDone()
      })
    })

let context: BrowserContext | undefined
const profile = mkdtempSync(join(tmpdir(), 'breakglass-chromium-'))
const inChromium: Client = async (url, onEvent) => {
  const page = await context!.newPage()
  try {
    await page.goto(new URL('/', url).href)
    await page.exposeFunction('onEvent', (data: string) => onEvent(JSON.parse(data)))
    // As source text: it runs in the page, where nothing of this file exists.
    const events = await page.evaluate(`new Promise((resolve) => {
      const source = new EventSource(${JSON.stringify(url)})
      const seen = { events: [], caughtUp: 0 }
      const endIfDone = () => {
        if (seen.events.at(-1)?.kind !== 'turn_end' || seen.caughtUp === 0) return
        source.close()
        resolve(seen)
      }
      source.addEventListener('caught-up', () => { seen.caughtUp++; endIfDone() })
      source.addEventListener('message', (message) => {
        seen.events.push(JSON.parse(message.data))
        window.onEvent(message.data)
        endIfDone()
      })
    })`)
    return events as Seen
  } finally {
    await page.close()
  }
}

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  if (!hasChromium) return
  context = await chromium.launchPersistentContext(profile, CHROMIUM_OPTIONS)
})
afterAll(async () => {
  await context?.close()
  rmSync(profile, { recursive: true, force: true })
  await server[Symbol.asyncDispose]()
})

const clients: [string, Client][] = [
  ['the eventsource package', withEventSource((url) => new PackageEventSource(url) as unknown as Source)],
  ['undici', withEventSource((url) => new UndiciEventSource(url) as unknown as Source)],
  ...(hasChromium ? [['Chromium', inChromium] satisfies [string, Client]] : []),
]

describe.each(clients)('%s', (_name, client) => {
  it('sees a replay and what follows it once each, across cuts in the middle of frames', async () => {
    const { id } = await server.open()
    const gate = join(server.dataDir, `gate-${id}`)
    const parts = ['ünïcode ✓ 🙂', 'line\nbreak\r\nand  ', 'data: not a field\n\nid: 7\n\n']
    const says = parts.map((say) => ({ say }))
    await server.prompt(id, script(...says, { lines: 40 }, { say: 'wait' }, { await: gate }, { lines: 40 }))
    await using proxy = await createCuttingProxy(
      { url: server.url, token: server.token() },
      [1, 700, 1_501, 4_002],
    )
    const seen = await client(`${proxy.url}/api/sessions/${id}/events`, (event) => {
      if (event.kind === 'text' && event.text === 'wait') writeFileSync(gate, '')
    })
    const log = await server.events(id)
    expect(seen.events).toEqual(log)
    expect(log.filter((event) => event.kind === 'text').slice(0, 3)).toMatchObject(
      parts.map((text) => ({ text })),
    )
    expect(proxy.cutsLeft()).toBe(0)
    expect(proxy.lastEventIds.filter((cursor) => cursor !== undefined).length).toBeGreaterThanOrEqual(2)
    expect(seen.caughtUp).toBeGreaterThanOrEqual(1)
  })

  it('comes back by itself after the server was killed and started again', async () => {
    const { id } = await server.open()
    const gate = join(server.dataDir, `gate-${id}`)
    await server.prompt(id, script({ say: 'before' }, { await: gate }, { say: 'after' }))
    await using proxy = await createCuttingProxy(
      {
        get url() {
          return server.url
        },
        token: server.token(),
      },
      [],
    )
    const seen = await client(`${proxy.url}/api/sessions/${id}/events`, async (event) => {
      if (event.kind !== 'text' || event.text !== 'before') return
      await server.kill()
      writeFileSync(gate, '')
      await server.start()
    })
    expect(seen.events).toEqual(await server.events(id))
    expect(seen.events.at(-1)).toMatchObject({ outcome: 'completed' })
  })
})
