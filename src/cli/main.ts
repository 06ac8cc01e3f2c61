#!/usr/bin/env node
/** The command line: finds the command, runs it, and turns what goes wrong into one line and an exit code. */
import { readFileSync } from 'node:fs'
import { visible } from '../runtime/visible.ts'
import { pair } from './pair.ts'
import { serve } from './serve.ts'
import { readSettings } from './settings.ts'
import { describeSettings, SettingError } from './settings-table.ts'
import { verify } from './verify.ts'

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

const HELP = `breakglass ${version}: attachable sessions for command-line agents

usage: breakglass serve [--setting value …]   runs the server
       breakglass pair [--setting value …]    shows a code that lets a phone in
       breakglass verify PATH

verify looks at every log of a data directory, also while a server uses it, or at one that was exported as JSON: a line
for each violation, exit code 1 if there is any. It changes nothing.

A setting is a flag, else a variable, else a key of the config file (--config FILE, JSON), else its default:

${describeSettings()}
`

/** A log says in it what it likes, also to whoever verifies it. */
const print = (line: string): void => void process.stdout.write(`${visible(line)}\n`)

async function main([command, ...args]: string[]): Promise<void> {
  if (command === '--version') return void process.stdout.write(`${version}\n`)
  if (command === '--help' || command === 'help' || args.includes('--help'))
    return void process.stdout.write(HELP)
  if (command === 'verify') {
    process.exitCode = verify(args, print) ? 0 : 1
    return
  }
  if (command !== 'serve' && command !== 'pair')
    throw new SettingError(
      `command: "${command ?? ''}" is not allowed; it must be serve, pair or verify (see breakglass --help)`,
    )

  const settings = readSettings(args, process.env)
  if (command === 'pair') return void process.stdout.write(await pair(settings, process.stdout.isTTY))
  // From the beginning: a signal that comes while it starts stops it as soon as there is something to stop.
  const signalled = new Promise<void>((resolve) => {
    process.on('SIGTERM', resolve)
    process.on('SIGINT', resolve)
  })
  const stop = await serve(settings, version, print)
  await signalled
  await stop()
  process.exit(0)
}

function fail(error: unknown, code: number): never {
  process.stderr.write(visible(`breakglass: ${error instanceof Error ? error.message : String(error)}\n`))
  process.exit(code)
}

main(process.argv.slice(2)).catch((error: unknown) => fail(error, error instanceof SettingError ? 2 : 1))
