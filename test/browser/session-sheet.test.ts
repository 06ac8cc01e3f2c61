/** What a session is, behind its title, on a phone. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askedTwice } from '../support/asked-twice.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { tapTwiceAtOnce } from '../support/tap-at-once.ts'

describe.runIf(hasChromium)('behind the title', () => {
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

  const open = async (body: object): Promise<[page: Page, id: string]> => {
    const { id } = await server.open({ agent: 'claude', ...body })
    const page = await show(await openPhone(browser, server), server, `/s/${id}`)
    await untilLive(page)
    return [page, id]
  }
  const openSheet = async (page: Page, title: string) => {
    await page.getByRole('heading', { name: title }).getByRole('button').tap()
    const sheet = page.getByRole('dialog')
    await sheet.waitFor()
    return sheet
  }

  it('is what the session is, and what can be done with it', async () => {
    const title = 'A title that is far too long for a bar on a phone, and is to be read all the same'
    const [page, id] = await open({ title, model: 'opus' })
    const sheet = await openSheet(page, title)
    const { workspace } = (await server.get(`/api/sessions/${id}`)).body
    for (const text of ['claude', 'opus', workspace, 'Nothing so far'])
      await sheet.getByRole('definition').getByText(text, { exact: true }).waitFor()
    await sheet.getByLabel('Name').fill('Short')
    await sheet.getByRole('button', { name: 'Rename' }).tap()
    await page.getByRole('heading', { name: 'Short', exact: true }).waitFor()
  })

  it('closes by a tap beside it, and by Escape; not by a tap on it', async () => {
    const [page] = await open({ title: 'beside' })
    const sheet = await openSheet(page, 'beside')
    await sheet.getByText('Folder').tap()
    await sheet.tap({ position: { x: 4, y: 4 } })
    expect(await sheet.isVisible()).toBe(true)
    await page.touchscreen.tap(195, 20)
    await sheet.waitFor({ state: 'detached' })
    await openSheet(page, 'beside')
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
  })

  it('says in the bar and in the list that an agent asks nothing, until it does', async () => {
    const [page] = await open({ title: 'wild', permissionMode: 'bypass' })
    await page.getByRole('banner').getByText('asks nothing').waitFor()
    await page.getByRole('link', { name: 'All sessions' }).tap()
    await page.getByRole('link', { name: /wild/ }).getByText('asks nothing').waitFor()
    await page.getByRole('link', { name: /wild/ }).tap()
    const sheet = await openSheet(page, 'wild')
    await sheet.getByLabel('Before it acts').selectOption('Ask me')
    await sheet.waitFor({ state: 'detached' })
    await page.getByText('asks nothing').waitFor({ state: 'detached' })
  })

  it('deletes after it was asked twice, and not by a double tap', async () => {
    const [page, id] = await open({ title: 'doomed' })
    const sheet = await openSheet(page, 'doomed')
    const button = sheet.getByRole('button', { name: 'Delete…' })
    await tapTwiceAtOnce(page, button, { name: 'Delete for good', beside: 'doomed' })
    await sheet.getByRole('button', { name: 'Delete for good' }).waitFor()
    expect((await server.get(`/api/sessions/${id}`)).status).toBe(200)
    await sheet.getByRole('button', { name: 'Close' }).tap()
    await openSheet(page, 'doomed')
    await (await askedTwice(page, 'Delete…')).click()
    await page.getByText('This session is gone').waitFor()
  })
})
