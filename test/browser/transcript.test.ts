/** A conversation on a phone: what is shown of it, and that it stays where whoever reads it wants it to. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const line = (type: string, block: object, parent: string | null = null): { raw: string } => ({
  raw: `${JSON.stringify({ type, message: { role: type, content: [block] }, parent_tool_use_id: parent })}\n`,
})
const use = (id: string, name: string, input: object, parent?: string) =>
  line('assistant', { type: 'tool_use', id, name, input }, parent)
const result = (id: string, content: string, isError = false, parent?: string) =>
  line('user', { type: 'tool_result', tool_use_id: id, content, is_error: isError }, parent)

const MARKDOWN = `## Found\n\nThe disk is **full**: [how](https://example.org/full) ![graph](https://evil.example/x.png) <b>raw</b> [no](javascript:x)\n\n| Mount | Use |\n|---|--:|\n| / | 97% |\n\n- [x] look\n\n\`\`\`yaml\nSystemMaxUse: 2G\n\`\`\``

const WORK = script(
  { think: 'I should look first.' },
  use('a', 'Bash', { command: 'df -h', description: 'Look at the disk' }),
  result('a', `\u001b[31mfull\u001b[0m\n${Array.from({ length: 40 }, (_, i) => `row ${i}`).join('\n')}`),
  use('b', 'Bash', { command: 'rm x', description: 'Make room' }),
  result('b', 'Permission denied', true),
  use('e', 'Edit', { file_path: '/etc/x.conf', old_string: 'a\nb\n', new_string: 'a\nB\n' }),
  result('e', 'ok'),
  use('t', 'TodoWrite', {
    todos: [
      { content: 'Look', status: 'completed' },
      { content: 'Tidy', status: 'pending' },
    ],
  }),
  result('t', 'ok'),
  use('task', 'Task', { description: 'Ask around', prompt: 'Ask' }),
  use('s', 'Bash', { command: 'uptime', description: 'See the load' }, 'task'),
  result('s', 'load 1', false, 'task'),
  result('task', 'All is calm'),
  { say: MARKDOWN },
)

describe.runIf(hasChromium)('a conversation', () => {
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

  const ended = (id: string): Promise<void> =>
    expect
      .poll(async () => (await server.get(`/api/sessions/${id}`)).body.state, { timeout: 30_000 })
      .toBe('idle')
  const lines = async (count: number): Promise<string> => {
    const { id } = await server.open({ title: 'long' })
    await server.prompt(id, script({ lines: count }))
    await ended(id)
    return id
  }
  const view = async (id: string): Promise<{ page: Page; log: Locator }> => {
    const page = await show(await openPhone(browser, server), server, `/s/${id}`)
    await untilLive(page)
    return { page, log: page.getByRole('log') }
  }
  /** How far the end of the list is below what can be seen. */
  const awayFromEnd = (log: Locator): Promise<number> =>
    log.evaluate((list) => Math.round(list.scrollHeight - list.scrollTop - list.clientHeight))
  /** The words of a row in the middle of the screen. */
  const rowInSight = (log: Locator): Promise<string> =>
    log.evaluate(async (list) => {
      // Until what has come near is measured: also what is only when the list is known to rest.
      let [height, still] = [0, 0]
      while (still < 20) {
        await new Promise((resolve) => requestAnimationFrame(resolve))
        still = height === list.scrollHeight ? still + 1 : 0
        height = list.scrollHeight
      }
      const middle = list.getBoundingClientRect().top + list.clientHeight / 2
      const rows = [...list.querySelectorAll('article p')]
      return rows.find((row) => row.getBoundingClientRect().top > middle)!.textContent
    })
  const placeOf = async (row: Locator): Promise<number> => Math.round((await row.boundingBox())!.y)

  it('shows what the agent says and does, each in its own way', async () => {
    const { id } = await server.open({ title: 'work' })
    await server.prompt(id, WORK)
    await ended(id)
    const { log } = await view(id)

    const said = log.getByRole('article', { name: 'Agent' })
    await said.getByRole('heading', { name: 'Found' }).waitFor()
    expect(await said.getByRole('cell').allTextContents()).toEqual(['/', '97%'])
    expect(await said.getByRole('checkbox', { name: 'done' }).isChecked()).toBe(true)
    const how = said.getByRole('link', { name: 'how' })
    expect(await how.getAttribute('rel')).toBe('noopener noreferrer')
    expect(await how.getAttribute('target')).toBe('_blank')
    // What would load something leads to it, and what would do something is text.
    expect(await said.getByRole('link', { name: 'graph' }).getAttribute('href')).toBe(
      'https://evil.example/x.png',
    )
    expect(await said.getByRole('link').count()).toBe(2)
    expect(await said.textContent()).toContain('<b>raw</b> [no](javascript:x)')
    // Its colours come when the part that finds them is there.
    await said.locator('.hl-attr', { hasText: 'SystemMaxUse' }).waitFor()

    const failed = log.getByRole('region', { name: 'Make room: failed' })
    await failed.scrollIntoViewIfNeeded()
    expect(await failed.textContent()).toContain('Permission denied')

    const look = log.getByRole('region', { name: 'Look at the disk: done' })
    await look.scrollIntoViewIfNeeded()
    expect(await look.locator('.ansi-red').textContent()).toBe('full')
    // How it ended is in sight, and its middle is not.
    expect(await look.textContent()).toContain('row 39')
    expect(await look.textContent()).not.toContain('row 20')
    await look.getByRole('button', { name: 'Show all 41 lines' }).tap()
    await look.getByText('row 20').waitFor()
    await look.getByRole('button', { name: 'Show less' }).tap()
    await expect.poll(() => look.textContent()).not.toContain('row 20')

    const task = log.getByRole('region', { name: 'Ask around: done' })
    await task.scrollIntoViewIfNeeded()
    expect(await task.textContent()).not.toContain('See the load')
    const steps = task.getByRole('button', { name: '1 step' })
    await steps.tap()
    await task.getByRole('region', { name: 'See the load: done' }).waitFor()
    expect(await steps.getAttribute('aria-expanded')).toBe('true')

    const edit = log.getByRole('region', { name: 'Edit: done' })
    await edit.scrollIntoViewIfNeeded()
    await expect.poll(() => edit.locator('.diff-line').allTextContents()).toHaveLength(3)
  })

  it.each(['light', 'dark'] as const)(
    'has nothing that keeps anybody from reading it, when it is %s',
    async (colorScheme) => {
      const { id } = await server.open({ title: 'work' })
      await server.prompt(id, WORK)
      await ended(id)
      const page = await show(await openPhone(browser, server, { colorScheme }), server, `/s/${id}`)
      await untilLive(page)
      const log = page.getByRole('log')
      for (const name of ['Found', 'Look at the disk']) {
        await log.getByRole('heading', { name }).scrollIntoViewIfNeeded()
        await page.evaluate(AXE)
        const violations = await page.evaluate(
          "axe.run('.transcript').then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
        )
        expect(violations).toEqual([])
      }
    },
  )

  it('opens at its end, however long it is', async () => {
    const { page, log } = await view(await lines(2_000))
    await page.getByText('line 1999', { exact: true }).waitFor()
    expect(await awayFromEnd(log)).toBe(0)
  })

  it('brings what is older without moving what is read', async () => {
    const { page, log } = await view(await lines(2_000))
    await page.getByText('line 1999', { exact: true }).waitFor()
    let letThrough = (): void => {}
    const held = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    await page.route('**/events?*', async (route) => {
      await held
      await route.continue()
    })
    const height = await log.evaluate((list) => list.scrollHeight)
    const asked = page.waitForRequest('**/events?*')
    await log.evaluate((list) => {
      list.scrollTop = list.clientHeight
    })
    await asked
    const text = await rowInSight(log)
    const row = log.getByText(text, { exact: true })
    const place = await placeOf(row)
    letThrough()
    await expect.poll(() => log.evaluate((list) => list.scrollHeight)).toBeGreaterThan(height * 1.5)
    expect(Math.abs((await placeOf(row)) - place)).toBeLessThan(4)
    // One page, and not the next as well.
    expect(await log.evaluate((list) => list.scrollHeight)).toBeLessThan(height * 2.5)
  })

  it('moves by as much as it is scrolled, however high the rows turn out to be that nobody has seen', async () => {
    const { id } = await server.open({ title: 'high and low' })
    // As long as each other: older ones are much lower than those that were seen first.
    const said = Array.from({ length: 200 }, (_, n) => ({
      say: `row ${n}${n < 100 ? '   ' : '\n\n'}`.repeat(9),
    }))
    await server.prompt(id, script(...said))
    await ended(id)
    const { log } = await view(id)
    await log.getByText('row 199', { exact: true }).first().waitFor()
    const off = await log.evaluate(async (list) => {
      const drawn = () =>
        new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      let most = 0
      const move = async (px: number) => {
        const middle = list.clientHeight / 2
        const rows = [...list.querySelectorAll('article')]
        const row = rows.find((row) => row.getBoundingClientRect().bottom > middle)!
        const before = row.getBoundingClientRect().top
        list.scrollTop += px
        await drawn()
        most = Math.max(most, Math.abs(row.getBoundingClientRect().top - before + px))
      }
      for (const px of [...Array(30).fill(-150), ...Array(20).fill(150)]) await move(px)
      while (list.scrollTop > 0) await move(-Math.min(300, list.scrollTop))
      return most
    })
    expect(off).toBeLessThan(1)
    await log.getByText('Today', { exact: true }).waitFor()
    expect(await log.evaluate((list) => list.querySelector<HTMLElement>('.far')!.offsetHeight)).toBe(0)
  })

  it('shows what is there wherever it is put', async () => {
    const { page, log } = await view(await lines(390))
    await page.getByText('line 389', { exact: true }).waitFor()
    for (const share of [0.5, 0.1, 0.9]) {
      await log.evaluate((list, share) => {
        list.scrollTop = list.scrollHeight * share
      }, share)
      await expect
        .poll(() =>
          log.evaluate((list) => {
            const { top, bottom } = list.getBoundingClientRect()
            const rows = [...list.querySelectorAll('article')].map((row) => row.getBoundingClientRect())
            return rows[0]!.top <= top && rows.at(-1)!.bottom >= bottom && rows.length < 200
          }),
        )
        .toBe(true)
    }
  })

  it('follows its end, and lets whoever scrolls away read on, and says how much is new', async () => {
    const id = await lines(300)
    const { page, log } = await view(id)
    await page.getByText('line 299', { exact: true }).waitFor()
    await server.prompt(id, script({ say: 'a new one' }))
    await log.getByText('a new one', { exact: true }).waitFor()
    await ended(id)
    await expect.poll(() => awayFromEnd(log)).toBe(0)

    await log.evaluate((list) => {
      list.scrollTop -= 2_000
    })
    await page.getByRole('button', { name: 'To the end' }).waitFor()
    const row = log.getByText(await rowInSight(log), { exact: true })
    const place = await placeOf(row)
    await server.prompt(id, script({ say: 'another' }, { say: 'and one more' }))
    // A prompt, two texts, and the turn's end.
    const button = page.getByRole('button', { name: '4 new' })
    await button.waitFor()
    expect(await placeOf(row)).toBe(place)
    await button.tap()
    await log.getByText('and one more', { exact: true }).waitFor()
    await expect.poll(() => awayFromEnd(log)).toBe(0)
    await button.waitFor({ state: 'detached' })
  })

  it('keeps its end in sight when the keyboard takes half of the screen', async () => {
    const { page, log } = await view(await lines(100))
    await page.getByText('line 99', { exact: true }).waitFor()
    await page.setViewportSize({ width: 390, height: 420 })
    await expect.poll(() => log.evaluate((list) => list.clientHeight)).toBeLessThan(420)
    await expect.poll(() => awayFromEnd(log)).toBe(0)
  })

  it('grows what is being written into the finished block, and touches no other row meanwhile', async () => {
    const { id } = await server.open({ title: 'writing' })
    await server.prompt(id, script({ say: 'before' }))
    await ended(id)
    const { page, log } = await view(id)
    await log.getByText('before', { exact: true }).waitFor()
    const gate = `${server.dataDir}/gate`
    const parts = [...Array.from({ length: 30 }, (_, n) => [`word **${n}** `, { sleep: 20 }]).flat()]
    await server.prompt(id, script({ write: { parts: ['Here: ', { await: gate }, ...parts, 'all.'] } }))
    const writing = log.locator('article[aria-busy="true"]')
    await writing.waitFor()
    await page.evaluate(() => {
      const rows = [...document.querySelectorAll('[role=log] article')]
      const written = rows.at(-1)!
      Object.assign(window, { written, touched: 0 })
      const observer = new MutationObserver((changes) => {
        Object.assign(window, {
          touched: (window as unknown as { touched: number }).touched + changes.length,
        })
      })
      for (const row of rows.slice(0, -1))
        observer.observe(row, { subtree: true, childList: true, characterData: true, attributes: true })
    })
    await server.prompt(id, 'never mind', { whenBusy: 'queue' })
    writeFileSync(gate, '')
    await writing.waitFor({ state: 'detached' })
    expect(
      await page.evaluate('[touched, written.isConnected, written.textContent.includes("Here: word 0")]'),
    ).toEqual([...[0, true, true]])
  })

  it('says what there is to begin with, and shows what is coming', async () => {
    const { id } = await server.open({ title: 'empty' })
    const { page } = await view(id)
    await page.getByText('claude is ready').waitFor()
  })
})
