/** Before all tests: the page is built from what it is now, as it is shipped, so that servers serve that. */
import { resolve } from 'node:path'
import { build } from 'vite'

export default async function setup(): Promise<void> {
  const { NODE_ENV } = process.env
  // Else it would be one for developers, larger, and with the paths of its sources in it.
  process.env.NODE_ENV = 'production'
  try {
    await build({ configFile: resolve(import.meta.dirname, '../../vite.config.ts'), logLevel: 'warn' })
  } finally {
    process.env.NODE_ENV = NODE_ENV
  }
}
