/** How even the frames are while a list is scrolled, and what each costs. */
import { readFileSync } from 'node:fs'
import type { Browser, CDPSession, Page } from 'playwright-core'

/** A frame of a screen with 60 a second, and what a clock may be off. */
const FRAME_MS = 1_000 / 60 + 1
/** Of /proc: a hundredth of a second. */
const TICK_MS = 10

const BEGIN = `(() => {
  window.frames60 = { times: [], whole: 0, goesOn: true }
  const rows = document.querySelector('.rows')
  const boxes = document.querySelectorAll('.far')
  const isWhole = () => {
    const { top, bottom } = rows.getBoundingClientRect()
    return boxes.length === 0
      || (boxes[0].getBoundingClientRect().bottom <= top + 48 && boxes[1].getBoundingClientRect().top >= bottom)
  }
  let last = performance.now()
  const onFrame = (now) => {
    frames60.times.push(now - last)
    last = now
    if (isWhole()) frames60.whole++
    if (frames60.goesOn) requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
})()`
const END = '(frames60.goesOn = false, { frames: frames60.times, whole: frames60.whole })'

/** What the main threads of all pages have used so far: it does not count what others do on this machine. */
async function readCpuMs(browser: Browser): Promise<number> {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  await devtools.detach()
  return processInfo
    .filter(({ type }) => type === 'renderer')
    .reduce((sum, { id }) => {
      // After the name in parentheses: fields 14 and 15 are the time in user and in kernel mode.
      const fields = readFileSync(`/proc/${id}/task/${id}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
      return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS
    }, 0)
}

/** `whole`: how many of the frames had rows all over the screen. */
export type Measured = { frames: number[]; whole: number; cpuMs: number }

/** What `act` does to the page's frames, and to its main thread. */
export async function measure(page: Page, act: () => Promise<unknown>): Promise<Measured> {
  const browser = page.context().browser()!
  await page.evaluate(BEGIN)
  const before = await readCpuMs(browser)
  await act()
  const cpuMs = (await readCpuMs(browser)) - before
  return { ...(await page.evaluate<Omit<Measured, 'cpuMs'>>(END)), cpuMs }
}

/** As with a wheel: up for two seconds from the middle, and down again. */
export async function scroll(page: Page, devtools: CDPSession, speed: number): Promise<void> {
  await page.evaluate("(rows => { rows.scrollTop = rows.scrollHeight / 2 })(document.querySelector('.rows'))")
  for (const yDistance of [speed * 2, -speed * 2])
    await devtools.send('Input.synthesizeScrollGesture', {
      ...{ x: 195, y: 400, yDistance, speed, gestureSourceType: 'mouse', preventFling: true },
    })
}

export function describeFrames({ frames, whole }: Measured): string {
  const sorted = frames.toSorted((a, b) => a - b)
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0)
  const even = sorted.filter((time) => time <= FRAME_MS).length / sorted.length
  const times = `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${at(1)} ms`
  return `${(even * 100).toFixed(0)} % in time, ${((whole / sorted.length) * 100).toFixed(0)} % whole; ${times}`
}
