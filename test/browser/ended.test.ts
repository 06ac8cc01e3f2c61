/** What a page shows when there is nothing to come: never that something is on its way. */
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe.runIf(hasChromium)('where nothing is to come', () => {
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

  const revoke = async (name: string): Promise<void> => {
    const { devices } = (await server.get('/api/devices')).body as { devices: { id: string; name: string }[] }
    await server.request('DELETE', `/api/devices/${devices.find((device) => device.name === name)!.id}`)
  }

  it('a device that is out does not ask for its list, nor wait for a conversation', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'not for you' })
    const context = await openPhone(browser, server, {}, 'out')
    const page = await show(context, server, '/settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await revoke('out')
    for (const hash of ['#/', `#/s/${id}`]) {
      await page.evaluate((to) => location.assign(to), hash)
      await page.getByText('This device is out').waitFor()
      expect(await page.getByText('Asking the server').count()).toBe(0)
      expect(await page.getByText('on its way').count()).toBe(0)
    }
    await page.getByText('Nothing of it is kept on this device').waitFor()
  })

  it('a session that was never seen says so without a network', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'never seen' })
    const context = await openPhone(browser, server, { serviceWorkers: 'block' })
    const page = await show(context, server, '/settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await context.setOffline(true)
    await page.evaluate((to) => location.assign(to), `#/s/${id}`)
    await page.getByText('It comes when the server can be reached').waitFor()
    await context.setOffline(false)
    await page.getByText('claude is ready').waitFor()
  })

  it('a session that is deleted is not ready for anything', async () => {
    const { id } = await server.open({ agent: 'shell', title: 'deleted' })
    const page = await show(await openPhone(browser, server), server, `/s/${id}`)
    await page.getByText('A shell is ready').waitFor()
    await untilLive(page)
    await server.request('DELETE', `/api/sessions/${id}`)
    await page.getByText('This session is gone').waitFor()
    expect(await page.getByText('A shell is ready').count()).toBe(0)
  })
})
