/** What can be read, and what a thumb reaches, at the bottom of a session: with much to read, and little room for it. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show as showView, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { tapAsSoonAs } from '../support/tap-at-once.ts'

const SIZES = [
  [844, 390],
  [667, 300],
  [800, 330],
  [195, 422],
] as const

describe.runIf(hasChromium)('at the bottom of a session, where there is little room', () => {
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

  /** A session in which that was said, on a phone. */
  const begin = async (prompt: string, queued: readonly string[] = []): Promise<[page: Page, id: string]> => {
    const { id } = await server.open({ title: 'Disk full on web-3' })
    onTestFinished(async () => void (await server.post(`/api/sessions/${id}/cancel`)))
    await server.prompt(id, prompt)
    for (const text of queued) await server.prompt(id, text, { whenBusy: 'queue' })
    const page = await showView(await openPhone(browser, server), server, `/s/${id}`)
    await untilLive(page)
    return [page, id]
  }
  const asking = (...commands: string[]) =>
    script({ ask: commands.map((command, index) => ({ id: `a${index}`, input: { command } })) })
  const hang = script({ hang: true })
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const settled = (page: Page) => page.locator('[data-settled=true]').waitFor()
  const answers = async (id: string) =>
    (await server.events(id)).filter(({ kind }) => kind === 'approval_resolved')
  /** Whether a tap in the middle of it hits it. */
  const isHit = (page: Page, name: string): Promise<boolean> =>
    button(page, name).evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      return element.contains(document.elementFromPoint(left + width / 2, top + height / 2))
    })
  /** The buttons that are smaller than what they say. */
  const overflowing = (page: Page): Promise<(string | null)[]> =>
    page
      .locator('button:visible')
      .evaluateAll((buttons) =>
        buttons
          .filter((button) => button.scrollWidth > button.clientWidth)
          .map(({ textContent }) => textContent),
      )

  it('lets no blanks hide a part of a command, and says how much there is of it', async () => {
    const [page] = await begin(asking(`df -h${'\n'.repeat(60)}rm -rf /srv${' '.repeat(3_000)}; true`))
    const command = page.getByRole('region', { name: 'Command' })
    await command.getByText('59 blank lines').waitFor()
    expect(await command.innerText()).toBe('df -h\n59 blank lines\nrm -rf /srv3,000 spaces; true')
    await page.getByText('3 commands · 61 lines').waitFor()
    expect((await command.boundingBox())!.height).toBeLessThan(150)
  })

  it('reads on by the button that allows, until the end was in sight', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `du -xsh /srv/${index} &&`)
    const [page, id] = await begin(asking(`${lines.join(' \\\n')} rm -rf /srv/last`))
    await page.getByText('41 commands · 40 lines').waitFor()
    await settled(page)
    await page.getByText(/^\d+ lines more/).waitFor()
    expect(await button(page, 'Allow').count()).toBe(0)
    const readOn = button(page, 'Read on ↓')
    const scrolled = page.getByRole('region', { name: 'What it wants to do' })
    const seen = (): Promise<number> => scrolled.evaluate((box) => box.scrollTop)
    await readOn.tap()
    await expect.poll(seen).toBeGreaterThan(100)
    expect(await answers(id)).toEqual([])
    // The last tap to read on may come twice.
    const isTapped = await tapAsSoonAs(page, readOn, { name: 'Allow', beside: 'last' })
    await scrolled.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
    await isTapped()
    await settled(page)
    expect(await answers(id)).toEqual([])
    await button(page, 'Allow').tap()
    await expect.poll(() => answers(id)).toMatchObject([{ decision: 'allow' }])
  })

  it.each(SIZES)('has what answers and what stops within reach at %d×%d', async (width, height) => {
    const [page] = await begin(asking('df -h && ls', 'du'), ['then this', 'and that'])
    await page.setViewportSize({ width, height })
    await settled(page)
    await button(page, 'Edit').waitFor()
    const allow = (await button(page, 'Allow').count()) === 1 ? 'Allow' : 'Read on ↓'
    await expect
      .poll(() => Promise.all([allow, 'Deny', 'Stop'].map((name) => isHit(page, name))))
      .toEqual([true, true, true])
    expect(await overflowing(page)).toEqual([])
  })

  it.each(SIZES)('has what sends and what stops within reach at %d×%d', async (width, height) => {
    const [page] = await begin(hang, ['one', 'two', 'three'])
    await page.setViewportSize({ width, height })
    await page.getByRole('textbox', { name: 'Prompt', exact: true }).fill('a\n'.repeat(30))
    await expect
      .poll(() => Promise.all(['Queue', 'Stop'].map((name) => isHit(page, name))))
      .toEqual([true, true])
    expect(await overflowing(page)).toEqual([])
    const verb = page.getByRole('region', { name: 'Turn' }).locator('strong')
    // Words of one letter a line were 100 px high.
    expect((await verb.boundingBox())!.height).toBeLessThan(30)
  })

  it('has room for its words at the largest size of text', async () => {
    const questions = [{ question: 'Which?', options: [{ label: 'sda' }] }]
    const [page] = await begin(script({ ask: [{ id: 'q', tool: 'AskUserQuestion', input: { questions } }] }))
    const enlarge = () => page.evaluate("document.documentElement.style.setProperty('--text-size', '1.5')")
    await enlarge()
    await button(page, 'Do not answer').waitFor()
    expect(await overflowing(page)).toEqual([])
    const title = page.getByRole('heading', { name: 'Disk full on web-3' })
    expect(await title.evaluate((heading) => heading.scrollWidth - heading.clientWidth)).toBe(0)
    await page.goto(`${server.url}/#/settings`)
    await button(page, 'Forget what is kept on this device').waitFor()
    expect(await overflowing(page)).toEqual([])
  })

  it('has the name of a host in one piece, in a table that is wider than the screen', async () => {
    const table = '| host | disk |\n| - | - |\n| web-3.eu-west-1.example.com | 41 GB of 50 GB in /var |'
    const [page] = await begin(script({ say: table }, { hang: true }))
    const name = page.getByRole('cell', { name: 'web-3.eu-west-1.example.com' })
    await name.waitFor()
    const lines = await name.evaluate((cell) => {
      const text = document.createRange()
      text.selectNodeContents(cell)
      return text.getClientRects().length
    })
    expect(lines).toBe(1)
  })

  it('shows a prompt that was just queued, and how many there are', async () => {
    const [page] = await begin(hang, ['one', 'two', 'three', 'four', 'five', 'six'])
    const waiting = page.getByRole('region', { name: 'Waiting prompts' })
    await waiting.getByText('6 prompts wait').waitFor()
    await page.getByRole('textbox', { name: 'Prompt', exact: true }).fill('seven')
    await button(page, 'Queue').tap()
    await waiting.getByText('7 prompts wait').waitFor()
    const isSeen = () =>
      waiting.getByText('seven').evaluate((text) => {
        const { left, bottom } = text.getBoundingClientRect()
        return text.contains(document.elementFromPoint(left + 5, bottom - 5))
      })
    await expect.poll(isSeen).toBe(true)
    await page.context().setOffline(true)
    await page.getByRole('textbox', { name: 'Prompt', exact: true }).fill('eight')
    await button(page, 'Queue').tap()
    await waiting.getByText('8 prompts wait, 1 for the network').waitFor()
  })
})
