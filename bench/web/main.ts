/**
 * How the page feels on a slow phone, in figures: a session of 50,000 events in Chromium with a CPU that is four times
 * slower. `npm run bench:web -- --events 50000 --slow 4`. No test: it asserts nothing, and prints what it has measured.
 */
import { parseArgs } from 'node:util'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { createRows } from '../../src/web/transcript/rows.ts'
import { CHROMIUM_OPTIONS } from '../../test/support/chromium.ts'
import { script, startServer, type TestServer } from '../../test/support/server.ts'
import { longLog } from '../../test/web/transcript/events.ts'
import { type Frames, listenForFrames, summarize } from './frames.ts'
import { LAST_LINE, makeLongSession } from './long-session.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '50000' }, slow: { type: 'string', default: '4' } },
})
const events = Number(values.events)
const slow = Number(values.slow)

const say = (text: string): boolean => process.stdout.write(`${text}\n`)
const median = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.on('console', (m) => say(m.text()))
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slow })
  return page
}

/** From the beginning of the navigation until the last line can be read, and the first paint. */
async function measureOpening(browser: Browser, server: TestServer, url: string): Promise<void> {
  const times: number[] = []
  const paints: number[] = []
  for (let round = 0; round < 5; round++) {
    const context = await enter(browser, server)
    const page = await openPage(context)
    await page.goto(url, { waitUntil: 'commit' })
    times.push(
      await page.evaluate(
        `new Promise((done) => {
          const look = () => {
            const rows = document.querySelector('.rows')
            const last = [...document.querySelectorAll('.said')].find((row) => row.textContent.includes(${JSON.stringify(LAST_LINE)}))
            const isSeen = last && last.getBoundingClientRect().bottom <= rows.getBoundingClientRect().bottom && getComputedStyle(last).visibility === 'visible'
            isSeen ? done(performance.now()) : requestAnimationFrame(look)
          }
          look()
        })`,
      ),
    )
    paints.push(await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`))
    await context.close()
  }
  say(`first paint                          ${ms(median(paints))}`)
  say(
    `opening, to the last line            ${ms(median(times))}   (of 5: ${times.map((time) => time.toFixed(0)).join(', ')})`,
  )
}

/** Scrolls to the top until so many events are here. */
async function loadAll(page: Page): Promise<void> {
  const startedAt = performance.now()
  const pages = await page.evaluate<number>(
    `new Promise((done) => {
      const rows = document.querySelector('.rows')
      let jumps = 0
      const up = () => {
        if (document.querySelector('.top').textContent === 'The beginning') return done(jumps)
        if (rows.scrollTop > 0) { rows.scrollTop = 0; jumps++; if (jumps%10===0) console.log(jumps, rows.scrollHeight, performance.now()) }
        requestAnimationFrame(up)
      }
      up()
    })`,
  )
  const took = performance.now() - startedAt
  say(`loading all that is older            ${(took / 1_000).toFixed(1)} s, ${ms(took / pages)} a page`)
}

async function measureScrolling(page: Page, name: string, stepPx: number): Promise<void> {
  const frames = await page.evaluate<Frames>(listenForFrames(stepPx))
  say(`${name.padEnd(36)} ${summarize(frames)}`)
}

/** What 50 deltas a second cost, while a long list is there. */
async function measureWriting(page: Page, server: TestServer, id: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const read = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
    )
  const parts = Array.from({ length: 500 }, (_, n) => [
    { sleep: 20 },
    n % 20 === 19 ? '.\n\n' : ` word **${n}**`,
  ]).flat()
  await server.prompt(id, script({ write: { parts } }))
  await page.getByText('word 1').first().waitFor()
  const before = await read()
  await page.waitForTimeout(5_000)
  const after = await read()
  const share = (name: string): string =>
    `${(((after[name]! - before[name]!) / (after.Timestamp! - before.Timestamp!)) * 100).toFixed(0)} %`
  say(
    `writing at 50 parts a second         ${share('TaskDuration')} of the CPU (${share('ScriptDuration')} script, ${share('LayoutDuration')} layout)`,
  )
  say(
    `heap                                 ${(after.JSHeapUsedSize! / 2 ** 20).toFixed(0)} MiB, ${after.Nodes} nodes`,
  )
}

/** Without a browser, on this machine as it is. */
function measureRows(): void {
  const log = longLog(events)
  const all = { events: log, writing: [], agent: 'claude' }
  createRows()(all)
  let startedAt = performance.now()
  const readRows = createRows()
  readRows({ ...all, events: log.slice(0, -100) })
  say(`rows: all of them                    ${ms(performance.now() - startedAt)}`)
  startedAt = performance.now()
  for (let i = 100; i > 0; i--) readRows({ ...all, events: log.slice(0, log.length - i + 1) })
  const slices = performance.now()
  for (let i = 100; i > 0; i--) log.slice(0, log.length - i + 1)
  say(`rows: one more event                 ${ms((slices - startedAt - (performance.now() - slices)) / 100)}`)
}

async function enter(browser: Browser, server: TestServer): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  const { code } = (await server.post('/api/pairing')).body
  await context.request.post(`${server.url}/api/login`, {
    data: { code, name: 'phone' },
    headers: { 'X-Breakglass': '1', Origin: server.url },
  })
  return context
}

const server = await startServer()
const browser = await chromium.launch(CHROMIUM_OPTIONS)
try {
  const id = await makeLongSession(server, events)
  const url = `${server.url}/#/s/${id}`
  say(`${events} events, a CPU ${slow} times slower than this one\n`)
  measureRows()
  await measureOpening(browser, server, url)
  const page = await openPage(await enter(browser, server))
  await page.goto(url)
  await page.getByText(LAST_LINE, { exact: true }).waitFor()
  await loadAll(page)
  await measureScrolling(page, 'scrolling at 6,000 px/s', 100)
  await measureScrolling(page, 'scrolling at 30,000 px/s', 500)
  await page
    .getByRole('button', { name: '↓' })
    .or(page.getByRole('button', { name: 'To the end' }))
    .first()
    .click()
  await measureWriting(page, server, id)
} finally {
  await browser.close()
  await server[Symbol.asyncDispose]()
}
