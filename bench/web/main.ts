/**
 * How the page feels on a slow phone, in figures: `npm run bench:web -- --events 50000 --slow 4`. It asserts nothing, and
 * prints what it has measured. Times are of a CPU that Chromium slows down; what is called CPU is of this one, as it is,
 * counted by the kernel, and so the figure to compare on a machine that others use as well.
 */
import { parseArgs } from 'node:util'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { createRows } from '../../src/web/transcript/rows.ts'
import { CHROMIUM_OPTIONS } from '../../test/support/chromium.ts'
import { PHONE, pairContext } from '../../test/support/paired.ts'
import { script, startServer, type TestServer } from '../../test/support/server.ts'
import { longLog } from '../../test/web/transcript/events.ts'
import { describeFrames, type Measured, measure, scroll } from './frames.ts'
import { LAST_LINE, makeLongSession } from './long-session.ts'
import { loadAll, open } from './opening.ts'
import { heapOverReconnects } from './reconnects.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '50000' }, slow: { type: 'string', default: '4' } },
})
const events = Number(values.events)
const slow = Number(values.slow)
const ROUNDS = 5
const SPEEDS = [6_000, 30_000]

const say = (name: string, text: string): boolean => process.stdout.write(`${name.padEnd(34)}${text}\n`)
const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1]!
const cpuOf = ({ cpuMs, frames }: Measured): number => cpuMs / frames.length

async function enter(browser: Browser, server: TestServer): Promise<BrowserContext> {
  const context = await browser.newContext(PHONE)
  await pairContext(context, server, 'phone')
  return context
}

async function slowDown(page: Page, rate: number) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate })
  return devtools
}

async function measureOpening(browser: Browser, server: TestServer, url: string): Promise<void> {
  const openings = []
  for (let round = 0; round < ROUNDS; round++) {
    const context = await enter(browser, server)
    const page = await context.newPage()
    await slowDown(page, slow)
    openings.push(await open(page, url))
    await context.close()
  }
  const readable = openings.map(({ readableMs }) => readableMs)
  say('first paint', `${median(openings.map(({ paintMs }) => paintMs)).toFixed(0)} ms`)
  say(
    'opening, to the last line',
    `${median(readable).toFixed(0)} ms (${Math.min(...readable).toFixed(0)} at best)`,
  )
}

/** The rows of a screen as plain elements, again and again: what scrolling costs where nothing is done for it. */
const PLAIN_ROWS = 1_500
const LAY_OUT_PLAINLY = `(() => {
  const rows = document.querySelector('.rows')
  const some = [...rows.querySelectorAll('.said, .tool')]
  const plain = rows.cloneNode()
  plain.append(...Array.from({ length: ${PLAIN_ROWS} }, (_, n) => some[n % some.length].cloneNode(true)))
  rows.replaceWith(plain)
})()`

async function measureScrolling(page: Page): Promise<void> {
  const cpu: number[] = []
  for (const speed of SPEEDS) {
    const devtools = await slowDown(page, slow)
    say(`frames at ${speed} px/s`, describeFrames(await measure(page, () => scroll(page, devtools, speed))))
    await slowDown(page, 1)
    cpu.push(cpuOf(await measure(page, () => scroll(page, devtools, speed))))
  }
  await page.evaluate(LAY_OUT_PLAINLY)
  const devtools = await slowDown(page, 1)
  for (const [index, speed] of SPEEDS.entries()) {
    await slowDown(page, slow)
    say(
      `plain elements at ${speed} px/s`,
      describeFrames(await measure(page, () => scroll(page, devtools, speed))),
    )
    await slowDown(page, 1)
    const floor = cpuOf(await measure(page, () => scroll(page, devtools, speed)))
    const ratio = (cpu[index]! / floor).toFixed(2)
    say(
      `CPU of a frame at ${speed} px/s`,
      `${cpu[index]!.toFixed(1)} ms, ${ratio} of plain elements' (${floor.toFixed(1)} ms)`,
    )
  }
}

/** What 50 parts a second cost behind a long list. */
async function measureWriting(page: Page, server: TestServer, id: string): Promise<void> {
  const parts = Array.from({ length: 400 }, (_, n) => [
    { sleep: 20 },
    n % 20 === 19 ? '.\n\n' : ` word **${n}**`,
  ])
  await slowDown(page, 1)
  await server.prompt(id, script({ write: { parts: [...parts.flat(), 'written to its end'] } }))
  const article = page.locator('article[aria-busy="true"]')
  await article.waitFor()
  const { cpuMs, frames } = await measure(page, () => article.getByText('word 300').waitFor())
  const wallMs = frames.reduce((sum, time) => sum + time, 0)
  say(
    'CPU of writing 50 parts a second',
    `${((cpuMs / wallMs) * 100).toFixed(0)} %, ${(cpuMs / frames.length).toFixed(1)} ms a frame`,
  )
}

/** Without a browser, on this machine as it is. */
function measureRows(): void {
  const all = longLog(events)
  const input = { writing: [], agent: 'claude' }
  const lists = Array.from({ length: 101 }, (_, i) => all.slice(0, all.length - 100 + i))
  createRows()({ ...input, events: all })
  const readRows = createRows()
  const startedAt = performance.now()
  readRows({ ...input, events: lists[0]! })
  const builtAt = performance.now()
  for (const list of lists) readRows({ ...input, events: list })
  const endedAt = performance.now()
  say(
    `rows of ${events} events`,
    `${(builtAt - startedAt).toFixed(0)} ms; ${(((endedAt - builtAt) / 100) * 1_000).toFixed(1)} µs for one more`,
  )
}

const server = await startServer()
const browser = await chromium.launch(CHROMIUM_OPTIONS)
try {
  measureRows()
  const id = await makeLongSession(server, events)
  const url = `${server.url}/#/s/${id}`
  await measureOpening(browser, server, url)

  const page = await (await enter(browser, server)).newPage()
  await page.goto(url)
  await page.getByText(LAST_LINE, { exact: true }).waitFor()
  const devtools = await slowDown(page, 1)
  const loadingMs = await loadAll(page)
  say(
    'loading all that is older',
    `${(loadingMs / 1_000).toFixed(1)} s, ${((loadingMs / events) * 1_000).toFixed(0)} µs an event`,
  )
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  say('heap with all of it', `${(usedSize / 2 ** 20).toFixed(0)} MiB`)
  const sizes = await heapOverReconnects(page, devtools)
  say('heap over 10 reconnects', sizes.map((size) => (size / 2 ** 20).toFixed(1)).join(', '))
  await page.getByRole('button', { name: 'To the end' }).click()
  await measureWriting(page, server, id)
  await measureScrolling(page)
} finally {
  await browser.close()
  await server[Symbol.asyncDispose]()
}
