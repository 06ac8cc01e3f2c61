/** `npm run fuzz` from the command line. */
import { clearRunDir, makeRunDir } from '../test/support/run-dir.ts'
import { PROPERTIES } from './properties.ts'
import { fuzz } from './runner/fuzz.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const dir = makeRunDir()
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const code = await fuzz(process.argv.slice(2), PROPERTIES, { print, say }, stop.signal)
const left = await clearRunDir(dir)
if (left.length > 0) print(`the properties left behind:\n${left.join('\n')}`)
process.exitCode = left.length > 0 ? 1 : code
