/** The program, as tests run it. */
import { resolve } from 'node:path'

export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')

/** The least it is started with. Compiled code is kept, as `npm start` does: a start takes half the time. */
export const MAIN_ENV = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../node_modules/.cache/node'),
}
