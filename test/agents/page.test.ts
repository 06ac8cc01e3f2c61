/** The page on a phone with the real claude CLI behind it: asked, allowed, written, done; a scripted model API on loopback. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { type ModelApi, startModelApi } from '../support/model-api.ts'
import { show } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { claudeEnvironment } from './claude-environment.ts'

describe.runIf(hasChromium)('a phone', () => {
  let api: ModelApi
  let server: TestServer
  let browser: Browser
  const home = mkdtempSync(join(tmpdir(), 'breakglass-home-'))
  beforeAll(async () => {
    api = await startModelApi()
    server = await startServer({ ...claudeEnvironment(api.url), HOME: home })
    browser = await chromium.launch(CHROMIUM_OPTIONS)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
    await api.close()
    rmSync(home, { recursive: true, force: true })
  })

  it('opens a session of claude, prompts it, allows what it asks, and sees it done', async () => {
    const page = await show(await openPhone(browser, server), server, '/new')
    await page.getByLabel('Name').fill('with claude')
    await page.getByRole('button', { name: 'Open' }).tap()
    const command = { name: 'Bash', input: { command: 'touch made', description: 'Make a file' } }
    await page
      .getByRole('textbox', { name: 'Prompt' })
      .fill(script({ text: 'I make a file.', tools: [command] }, { text: 'It is **made**.' }))
    await page.getByRole('button', { name: 'Send' }).tap()
    const card = page.getByRole('region', { name: 'Approval' })
    await card.getByText('touch made').first().waitFor()
    const [session] = (await server.get('/api/sessions')).body.sessions
    expect(existsSync(join(session.workspace, 'made'))).toBe(false)
    // From then on a tap counts.
    await page.locator('[data-settled=true]').waitFor()
    await card.getByRole('button', { name: 'Allow', exact: true }).tap()
    const log = page.getByRole('log')
    await log.getByText('I make a file.', { exact: true }).waitFor()
    await log.getByText('made', { exact: true }).waitFor()
    await log.getByText('Done', { exact: true }).waitFor()
    expect(existsSync(join(session.workspace, 'made'))).toBe(true)
  })
})
