// Owns where the real agent CLI of the end-to-end tests lives: one pinned version, in the git-ignored
// `.agents/`. Knows nothing of the tests, and keeps the CLI out of the project's own dependencies.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../.agents')
const name = '@anthropic-ai/claude-code'
const version = '2.1.197'

// The package's postinstall puts the platform's binary in place; npm 11 wants it allowed by name.
const manifest = { private: true, dependencies: { [name]: version }, allowScripts: { [name]: true } }

/** The absolute path of the installed `claude`; does not look whether it is there. */
export function claudeBin(): string {
  return join(folder, 'node_modules/.bin/claude')
}

/** Installs the pinned CLI unless it is there already. Throws when npm fails or another version answers. */
function installClaude(): string {
  if (claudeVersion() === version) return claudeBin()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)
  // npm's words go to stderr: stdout holds the path alone.
  execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...process.env, PATH },
    stdio: ['ignore', 2, 2],
  })
  const found = claudeVersion()
  if (found !== version) throw new Error(`${claudeBin()} is version ${found ?? 'unknown'}, not ${version}`)
  return claudeBin()
}

function claudeVersion(): string | undefined {
  return spawnSync(claudeBin(), ['--version'], { encoding: 'utf8' }).stdout?.split(' ')[0]
}

if (import.meta.main) process.stdout.write(`${installClaude()}\n`)
