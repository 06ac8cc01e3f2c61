/** Before all tests: the page is built from what it is now, so that servers serve that. */
import { resolve } from 'node:path'
import { build } from 'vite'

export default async function setup(): Promise<void> {
  await build({ configFile: resolve(import.meta.dirname, '../../vite.config.ts'), logLevel: 'warn' })
}
