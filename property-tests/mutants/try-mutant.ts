/** A copy of the project with one mutant in it, or none, and what a property finds there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { clearRunDir } from '../../test/support/run-dir.ts'
import type { Found } from '../runner/hunt.ts'
import { type Mutant, mutate } from './mutant.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const COPIED = ['src', 'test', 'property-tests', 'docs', 'package.json']

/** One that is not found in this time gets away. */
const HUNT_S = 60
/** A mutant may keep its property from ever coming back. */
const HUNT_S_MAX = 180

/**
 * @param mutant null for the project as it is
 * @returns what the property found; a text when it could not even be run to its end
 */
export async function tryMutant(mutant: Mutant | null, property: string): Promise<Found | string> {
  // Also the temporary directory of what runs in it: a mutant may well leave agents behind.
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'breakglass-mutant-')))
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true })
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'))
    if (mutant !== null) {
      const file = join(copy, mutant.file)
      writeFileSync(file, mutate(readFileSync(file, 'utf8'), mutant))
    }
    return await hunt(copy, property, mutant === null ? 0 : HUNT_S)
  } finally {
    await clearRunDir(copy)
  }
}

async function hunt(copy: string, property: string, seconds: number): Promise<Found | string> {
  const args = [join(copy, 'property-tests/runner/hunt.ts'), property, String(seconds)]
  const child = spawn(process.execPath, args, {
    cwd: copy,
    env: { ...process.env, TMPDIR: copy },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HUNT_S_MAX * 1_000,
    killSignal: 'SIGKILL',
  })
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ])
  if (code === 0) return JSON.parse(stdout)
  return `it ended with ${signal ?? code}: ${stderr.slice(-500)}`
}
