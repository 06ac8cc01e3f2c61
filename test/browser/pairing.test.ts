/** From the code on the terminal to a stream on the phone, and out again, in a real browser. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { askedTwice } from '../support/asked-twice.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

describe.runIf(hasChromium)('in a browser', () => {
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

  const newContext = async (): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    onTestFinished(() => context.close())
    return context
  }
  const makeCode = async () => (await server.post('/api/pairing')).body as { code: string; url: string }

  /** As with a scanned link. */
  const pair = async (name: string): Promise<Page> => {
    const page = await (await newContext()).newPage()
    await page.goto((await makeCode()).url)
    await page.getByLabel('Name of this device').fill(name)
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('heading', { name: 'breakglass' }).waitFor()
    return page
  }
  const goToDevices = async (page: Page): Promise<void> => {
    await page.goto(`${server.url}/#/settings`)
    await page.getByRole('link', { name: 'Devices' }).click()
    await page.getByRole('button', { name: 'Pair another device' }).waitFor()
  }
  const streams = async (): Promise<number> =>
    Number(/^breakglass_streams (\d+)/m.exec((await server.get('/metrics')).body)![1])

  it('pairs a phone by a link, shows it the session, and ends its stream the moment it is revoked', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'the fire' })
    await server.prompt(id, script({ say: 'it burns' }, { hang: true }))
    const phone = await pair('Phone')
    await phone.getByRole('link', { name: 'the fire' }).click()
    await phone.getByRole('log').getByText('it burns', { exact: true }).waitFor()
    await phone.getByRole('button', { name: /^live/ }).waitFor()
    await expect.poll(streams).toBe(1)
    await phone.getByRole('textbox', { name: 'Prompt' }).fill('half a secret')
    const typed = (): Promise<boolean> =>
      phone.evaluate("Object.values(localStorage).some((text) => text.includes('half a secret'))")
    await expect.poll(typed).toBe(true)

    const tablet = await pair('Tablet')
    await goToDevices(tablet)
    const isOut = (): Promise<void> => phone.getByText('This device is out').waitFor()
    const says = isOut()
    const streamEnded = phone.waitForEvent('requestfailed', (request) =>
      /sessions\/.*\/events$/.test(request.url()),
    )
    const revoke = await askedTwice(tablet, 'Revoke…: Phone')
    await phone.getByRole('button', { name: /^live/ }).waitFor()
    const before = performance.now()
    await revoke.click()
    await streamEnded
    await says
    expect(performance.now() - before).toBeLessThan(1_000)
    await expect.poll(streams).toBe(0)
    await expect.poll(typed).toBe(false)

    // The page is the phone's own by now; what it may see is not.
    await phone.reload()
    await isOut()
    expect(await typed()).toBe(false)
    await phone.getByRole('link', { name: 'Pair it again' }).click()
    await phone.getByRole('heading', { name: 'Pair this device' }).waitFor()
    await tablet.reload()
    await tablet.getByText('This device', { exact: true }).waitFor()
    expect(await tablet.getByText('Phone').count()).toBe(0)
    await server.post(`/api/sessions/${id}/cancel`)
  })

  it('takes a code that is typed, and brings the device to where it was going', async () => {
    const { id } = await server.open({ agent: 'shell', title: 'straight there' })
    const page = await (await newContext()).newPage()
    await page.goto(`${server.url}/#/s/${id}`)
    await page.getByLabel('Code').fill('WRONG-WRONG')
    await page.getByLabel('Name of this device').fill('Laptop')
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByText('The code is wrong, used or too old').waitFor()
    await page.getByLabel('Code').fill((await makeCode()).code.toLowerCase())
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('heading', { name: 'straight there' }).waitFor()
    expect(page.url()).toBe(`${server.url}/#/s/${id}`)
  })

  it('keeps the code out of the address bar and the history, and the secret out of scripts', async () => {
    const page = await (await newContext()).newPage()
    const { url, code } = await makeCode()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(url)
    await expect.poll(() => page.getByLabel('Code').inputValue()).toBe(code)
    expect(page.url()).toBe(`${server.url}/pair`)
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('heading', { name: 'breakglass' }).waitFor()
    expect(page.url()).toBe(`${server.url}/`)
    // Playwright reports a page's own address with its fragment, which is not sent.
    expect(asked.map((address) => address.replace(/#.*/, '')).join()).not.toContain(code)
    expect(await page.evaluate('document.cookie')).toBe('')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'breakglass', httpOnly: true, sameSite: 'Strict', path: '/' })
  })

  it('pairs another device from one that is in, logs out, and takes all others out', async () => {
    const [first, second] = [await pair('First'), await pair('Second')]
    await goToDevices(first)
    await first.getByRole('button', { name: 'Pair another device' }).click()
    const sheet = first.getByRole('dialog', { name: 'Pair another device' })
    await sheet.getByRole('img', { name: 'QR code' }).waitFor()
    const address = await sheet.getByRole('strong').textContent()
    const code = await sheet.getByText(/^\w{5}-\w{5}$/).textContent()
    await sheet.getByRole('button', { name: 'Close' }).click()
    const third = await (await newContext()).newPage()
    await third.goto(`${address}#${code}`)
    await third.getByLabel('Name of this device').fill('Third')
    await third.getByRole('button', { name: 'Pair' }).click()
    await third.getByRole('heading', { name: 'breakglass' }).waitFor()

    await second.getByRole('link', { name: 'Settings' }).click()
    await (await askedTwice(second, 'Take this device out…')).click()
    await second.getByRole('heading', { name: 'Pair this device' }).waitFor()
    expect(await second.context().cookies()).toEqual([])

    await (await askedTwice(first, 'Take out all others…')).click()
    await first.getByRole('button', { name: 'Take out all others…' }).waitFor({ state: 'hidden' })
    await third.getByText('This device is out').waitFor()
    const { body } = await server.get('/api/devices')
    expect(body.devices.map(({ name }: { name: string }) => name)).toEqual(['First'])
  })
})
