/** `npm run screenshots`: every view, on a phone and at a desk, light and dark, into docs/screenshots. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { CHROMIUM_OPTIONS } from '../support/chromium.ts'
import { PHONE, pairContext } from '../support/paired.ts'
import { startServer } from '../support/server.ts'
import { fillViews } from './views.ts'

const DIR = resolve(import.meta.dirname, '../../docs/screenshots')
const SIZES: Record<string, BrowserContextOptions> = {
  phone: { ...PHONE, deviceScaleFactor: 1.5 },
  desk: { viewport: { width: 1_200, height: 800 } },
}

/** Where an operator would have it, in place of where it was made. */
const PLACES = { [resolve(import.meta.dirname, '../..')]: '/opt/breakglass' }

/** Words alone: what is drawn is what the page has drawn. */
const renamePlaces = (page: Page, places: Record<string, string>): Promise<void> =>
  page.evaluate((places) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      for (const [place, name] of Object.entries(places))
        if (node.nodeValue?.includes(place)) node.nodeValue = node.nodeValue.replaceAll(place, name)
  }, places)

mkdirSync(DIR, { recursive: true })
await using server = await startServer()
const browser = await chromium.launch(CHROMIUM_OPTIONS)
try {
  const views = await fillViews(server)
  for (const [size, options] of Object.entries(SIZES))
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ ...options, colorScheme, reducedMotion: 'reduce' })
      await pairContext(context, server, size === 'phone' ? 'Phone' : 'Laptop')
      for (const { name, open } of views) {
        const page = await open(context)
        // What comes by itself when it is drawn: highlighting, fonts.
        await page.waitForTimeout(500)
        await renamePlaces(page, { ...PLACES, [server.dataDir]: '/var/lib/breakglass' })
        await page.screenshot({ path: join(DIR, `${name}-${size}-${colorScheme}.png`) })
        await page.close()
      }
      await context.close()
    }
} finally {
  await browser.close()
}
