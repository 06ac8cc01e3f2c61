/** The first visit over a line that brings everything late. */
import { type Browser, chromium, type Request, type Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { openPhone } from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe.runIf(hasChromium)('a first visit', () => {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    server = await startServer()
    browser = await chromium.launch(CHROMIUM_OPTIONS)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  it('has a word to say before its script is there', async () => {
    const context = await openPhone(browser, server)
    const page = await context.newPage()
    const held = Promise.withResolvers<Route>()
    await page.route(/\/assets\/page-.*\.js$/, held.resolve)
    await page.goto(`${server.url}/`, { waitUntil: 'commit' })
    await page.getByText('breakglass is on its way').waitFor()
    await (await held.promise).continue()
    await page.getByText('No sessions yet').waitFor()
    expect(await page.getByText('breakglass is on its way').count()).toBe(0)
  })

  it('brings what is for later visits when it has what it needs itself', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'for now' })
    const context = await openPhone(browser, server)
    const page = await context.newPage()
    const isWorker = (request: Request): boolean => request.url().endsWith('/sw.js')
    let isAsked = false
    context.on('request', (request) => {
      isAsked ||= isWorker(request)
    })
    const held = Promise.withResolvers<Route>()
    await page.route(/\/events$/, held.resolve)
    await page.goto(`${server.url}/#/s/${id}`)
    const stream = await held.promise
    await page.getByText('claude is ready').waitFor()
    expect(isAsked).toBe(false)
    const asked = context.waitForEvent('request', isWorker)
    await stream.continue()
    await asked
  })
})
