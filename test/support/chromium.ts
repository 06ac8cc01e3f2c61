/** A real browser, where there is one: a developer's machine may do without; CI installs it and leaves nothing out. */
import { existsSync } from 'node:fs'

const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM) || process.env.CI === 'true'

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
export const CHROMIUM_OPTIONS = {
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', ...QUIET],
}
