/** How long it takes until somebody can read a session's last line. */
import type { Page } from 'playwright-core'
import { LAST_LINE } from './long-session.ts'

export type Opening = { paintMs: number; readableMs: number }

const IS_READABLE = `(() => {
  const rows = document.querySelector('.rows')
  const last = [...document.querySelectorAll('.said')].find((row) => row.textContent.includes(${JSON.stringify(LAST_LINE)}))
  return last !== undefined
    && last.getBoundingClientRect().bottom <= rows.getBoundingClientRect().bottom
    && getComputedStyle(last).visibility === 'visible'
})()`

/** From the beginning of the navigation, in a context that has nothing in its cache. */
export async function open(page: Page, url: string): Promise<Opening> {
  await page.goto(url, { waitUntil: 'commit' })
  const readableMs = await page.evaluate<number>(`new Promise((done) => {
    const look = () => ${IS_READABLE} ? done(performance.now()) : requestAnimationFrame(look)
    look()
  })`)
  const paintMs = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  )
  return { paintMs, readableMs }
}

/** Stands at the top until there is nothing above. @returns how long that took */
export async function loadAll(page: Page): Promise<number> {
  const startedAt = performance.now()
  await page.evaluate(`new Promise((done) => {
    const rows = document.querySelector('.rows')
    const up = () => {
      if (rows.querySelector('.top').textContent === 'The beginning') return done()
      rows.scrollTop = 0
      requestAnimationFrame(up)
    }
    up()
  })`)
  return performance.now() - startedAt
}
