/** `npm run fuzz` from the command line. */
import { PROPERTIES } from './properties.ts'
import { fuzz } from './runner/fuzz.ts'

// Not left to the event loop: what a property forgot to end must not keep CI waiting, and is a failure of its own.
process.exitCode = await fuzz(process.argv.slice(2), PROPERTIES, {
  print: (text) => process.stdout.write(`${text}\n`),
  say: (text) => process.stderr.write(`${text}\n`),
})
