import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shellAgent } from '../../../src/runtime/agents/shell.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { tempDir } from '../temp-dir.ts'
import { linesOf } from './recordings.ts'

const textOf = (output: string, lineBytesMax?: number): string[] =>
  shellAgent
    .translate(shellAgent.begin(), linesOf(output, lineBytesMax))
    .records.map((record) => ('text' in record ? record.text : ''))

test('the texts together are the output, whole', () => {
  for (const output of [
    '',
    '\n',
    'one\n',
    'no end',
    'a\r\nb\n\n\nc',
    '\0',
    'x\n'.repeat(50_000),
    'é🧯\n'.repeat(9_000),
  ])
    expect(textOf(output).join('')).toBe(output)
})

test('what is read together is one text, up to a size', () => {
  expect(textOf('one\ntwo\n')).toEqual(['one\ntwo\n'])
  const texts = textOf('x'.repeat(99).concat('\n').repeat(1_000))
  expect(texts.length).toBeGreaterThan(5)
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(LIMITS.shellTextCharsMax + 1)
})

test('a line larger than a text may be is several', () => {
  const output = `${'x'.repeat(LIMITS.shellTextCharsMax * 3)}\n`
  const texts = textOf(output)
  expect(texts.join('')).toBe(output)
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(LIMITS.shellTextCharsMax + 1)
})

test('a line that was cut says how large it was', () => {
  expect(textOf('abcdefgh\nnext\n', 4)).toEqual(['abcd\n[… 8 bytes in this line]\nnext\n'])
})

test('texts are numbered over batches', () => {
  const first = shellAgent.translate(shellAgent.begin(), linesOf('a\n'))
  const second = shellAgent.translate(first.state, linesOf('b\n'))
  expect([...first.records, ...second.records].map((record) => 'block' in record && record.block)).toEqual([
    0, 1,
  ])
})

test('the prompt is a file of the run, and stdin is empty', () => {
  const launch = launchOf('rm -rf "$HOME"', '/state')
  expect(launch).toMatchObject({ input: null, files: { script: 'rm -rf "$HOME"' } })
  expect(launch.argv.join(' ')).not.toContain('rm -rf')
})

function launchOf(prompt: string, stateDir: string, runDir = '/run', paths: string[] = []) {
  const memory = { id: 'ID', known: false }
  const attachments = paths.map((path) => ({ path, mediaType: 'image/png', bytes: 1, read: () => null }))
  return shellAgent.launch({
    ...{ prompt, attachments, model: null, permissionMode: 'ask', allowed: [], memory, runDir, stateDir },
  })
}

/** A session of the shell: each script is a turn of it, as the shim runs one. */
function openShell() {
  const stateDir = tempDir()
  const workspace = tempDir()
  let turns = 0
  const turn = (script: string, environment: Record<string, string> = {}, paths: string[] = []) => {
    const runDir = tempDir()
    const [program, ...args] = launchOf(script, stateDir, runDir, paths).argv
    writeFileSync(join(runDir, 'script'), script)
    const [out, err] = [openSync(join(runDir, 'out'), 'a'), openSync(join(runDir, 'err'), 'a')]
    const env = { PATH: process.env.PATH, BREAKGLASS_TURN: `turn ${++turns}`, ...environment }
    const { status, signal } = spawnSync(program!, args, { cwd: workspace, env, stdio: ['ignore', out, err] })
    for (const file of [out, err]) closeSync(file)
    return {
      status,
      signal,
      out: readFileSync(join(runDir, 'out'), 'utf8'),
      err: readFileSync(join(runDir, 'err'), 'utf8'),
    }
  }
  return { turn, stateDir, workspace }
}

/** A variable, as a script names it. */
const orUnset = (name: string): string => `\${${name}-unset}`

const ok = (out: string) => ({ status: 0, signal: null, out, err: '' })

test.for([
  ['true', 0],
  ['false', 1],
  ['exit 7', 7],
  ['exit', 0],
  ['false\nexit', 1],
  ['(exit 42)', 42],
  ['no-such-program', 127],
  ['', 0],
  ['# nothing', 0],
  ['return 9', 9],
] as const)('the exit code of the script %j is %i', ([script, status]) => {
  expect(openShell().turn(script)).toMatchObject({ status, signal: null })
})

test('a script that a signal ends, ends by it', () => {
  expect(openShell().turn('kill -TERM $$')).toMatchObject({ status: 143 })
})

test('stdout and stderr come in the order in which they were said', () => {
  expect(openShell().turn('echo a\necho b >&2\necho c')).toEqual(ok('a\nb\nc\n'))
})

// On Linux, to open /dev/stdout opens the file behind it: without O_APPEND, and with O_TRUNC.
test('a script that writes to /dev/stdout or /dev/stderr wipes out nothing that was said before', () => {
  const { out } = openShell().turn('echo a\necho b >/dev/stderr\necho c >/dev/stdout\necho d')
  expect(out).toBe('a\nb\nc\nd\n')
})

test('stdin is empty', () => {
  expect(openShell().turn('cat; read -r line || echo none')).toEqual(ok('none\n'))
})

test('a script has no arguments, and no names of the wrapper’s', () => {
  expect(openShell().turn('echo $#; i=1; name=x; status=y; echo done')).toEqual(ok('0\ndone\n'))
})

test('attachments are the arguments of their turn, and of no other', () => {
  const { turn } = openShell()
  const paths = ['/ws/attachments/a b.png', '/ws/attachments/$(id)', '/ws\n/attachments/*']
  expect(turn('printf "<%s>" "$@"', {}, paths)).toEqual(ok(paths.map((path) => `<${path}>`).join('')))
  expect(turn('echo $#')).toEqual(ok('0\n'))
})

test('the directory carries over, with any name', () => {
  const { turn, workspace } = openShell()
  expect(turn('mkdir -p "a b/\'c\' \n é" && cd "a b/\'c\' \n é"')).toMatchObject({ status: 0 })
  expect(turn('pwd')).toEqual(ok(`${workspace}/a b/'c' \n é\n`))
  turn('cd ..')
  expect(turn('pwd')).toEqual(ok(`${workspace}/a b\n`))
})

test('exported variables carry over, whatever they hold; others do not', () => {
  const { turn } = openShell()
  const values = {
    A: 'plain',
    B: 'two\nlines\n',
    C: '$HOME `id` "quoted" \'it\'',
    D: '',
    E: 'é🧯',
    F: ' a  b ',
    G: '\\n\t!',
  }
  const exports = Object.entries(values).map(([name, value]) => `export ${name}=${quoted(value)}`)
  turn(`${exports.join('\n')}\nlocal_only=1`)
  for (let count = 0; count < 2; count++)
    for (const [name, value] of Object.entries(values)) expect(turn(`printf %s "$${name}"`).out).toBe(value)
  expect(turn(`echo "${orUnset('local_only')}"`).out).toBe('unset\n')
})

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`

test('what a turn has changed or unset stays so, although the server’s environment has it', () => {
  const { turn } = openShell()
  const environment = { KEPT: 'server', CHANGED: 'server', GONE: 'server' }
  turn('CHANGED=turn; unset GONE', environment)
  expect(turn(`echo "$KEPT $CHANGED ${orUnset('GONE')}"`, environment)).toEqual(ok('server turn unset\n'))
  expect(turn(`echo "$KEPT $CHANGED ${orUnset('GONE')}"`, environment)).toEqual(ok('server turn unset\n'))
})

test('the mark of the turn is always this turn’s', () => {
  const { turn } = openShell()
  for (const mark of ['turn 1', 'turn 2', 'turn 3'])
    expect(turn('printenv BREAKGLASS_TURN').out).toBe(`${mark}\n`)
})

test('a turn leaves no name of the wrapper’s to the next', () => {
  const { turn } = openShell()
  turn('export A=1')
  expect(turn('compgen -v | grep __breakglass_turn; env | grep -c __breakglass').out).toBe('0\n')
})

test.for([
  ['exit 3', 3],
  ['set -e; false', 1],
  ['set -eu; echo "$no_such_variable"', 1],
  ['set -o pipefail; false | true', 1],
  ['if', 2],
  ['echo "unfinished', 2],
] as const)('the state carries over a script that ends by %j', ([end, status]) => {
  const { turn, workspace } = openShell()
  expect(turn(`mkdir -p sub; cd sub; export A=1\n${end}`).status).toBe(status)
  const { out } = turn(`echo "${orUnset('A')} $PWD"`)
  // A script is read command by command: what stands before a syntax error on a line of its own was done.
  expect(out).toBe(`1 ${workspace}/sub\n`)
})

test('a syntax error is told with its line', () => {
  expect(openShell().turn('echo a\nif\n').out).toMatch(/^a\n.*line [23]: syntax error/)
})

test('options of a script end with it', () => {
  const { turn } = openShell()
  turn('set -euf -o pipefail -o noclobber')
  expect(turn('false | true; echo x >f; echo y >f; echo "[$no_such_variable]" f*')).toEqual(ok('[] f\n'))
})

test('an EXIT trap of the user’s runs, once, and the status is the script’s', () => {
  const { turn } = openShell()
  expect(turn("trap 'echo bye' EXIT\ncd /\nexport A=1\n(exit 4)")).toMatchObject({ status: 4, out: 'bye\n' })
  expect(turn('echo "$A $PWD"')).toEqual(ok('1 /\n'))
})

test('the state carries over an `exit` under an EXIT trap of the user’s', () => {
  const { turn } = openShell()
  expect(turn("trap 'echo bye' EXIT\ncd /\nexport A=1\nexit 4")).toMatchObject({ status: 4, out: 'bye\n' })
  expect(turn('echo "$A $PWD"')).toEqual(ok('1 /\n'))
})

test('a broken PATH is the script’s own problem: the state carries over it, and it can be mended', () => {
  const { turn } = openShell()
  expect(turn('cd /; export PATH=/nowhere A=1').status).toBe(0)
  expect(turn('ls')).toMatchObject({ status: 127 })
  expect(turn('echo "$A $PWD $PATH"')).toEqual(ok('1 / /nowhere\n'))
  turn('unset PATH')
  expect(turn(`echo "${orUnset('PATH')} $A"`)).toEqual(ok('unset 1\n'))
  turn('export PATH=/usr/bin:/bin')
  expect(turn('ls -d /')).toEqual(ok('/\n'))
})

test('read-only variables carry over and do not get in the way', () => {
  const { turn } = openShell()
  turn('export A=1; readonly A; readonly B=2; cd /')
  expect(turn(`echo "$A ${orUnset('B')} $PWD"`)).toEqual(ok('1 unset /\n'))
  expect(turn('echo "$A $PWD"')).toEqual(ok('1 /\n'))
})

test('a directory that is gone is told, and the turn runs in the workspace', () => {
  const { turn, workspace } = openShell()
  turn('mkdir gone; cd gone; export A=1')
  rmSync(join(workspace, 'gone'), { recursive: true })
  const { out, status } = turn('echo "$A"; pwd; echo "$PWD"')
  expect(status).toBe(0)
  expect(out).toContain('No such file or directory')
  expect(out.split('\n').slice(-4)).toEqual(['1', workspace, workspace, ''])
})

test('a turn that removes its own directory does not break the next', () => {
  const { turn, workspace } = openShell()
  turn('mkdir gone; cd gone; rmdir ../gone; export A=1')
  expect(turn('echo "$A"; cd -P .; pwd').out).toContain(`1\n${workspace}\n`)
})

test('a turn that is killed leaves the state of the turn before', () => {
  const { turn } = openShell()
  turn('export A=1; cd /')
  expect(turn('export A=2; cd /tmp; kill -KILL $$')).toMatchObject({ status: 137 })
  expect(turn('echo "$A $PWD"')).toEqual(ok('1 /\n'))
})

test('a state that was torn does not keep the shell from running', () => {
  const { turn, stateDir } = openShell()
  writeFileSync(join(stateDir, 'shell'), 'declare -x A="unfinis')
  expect(turn('echo here').out).toContain('here\n')
})

test('without a state directory the script runs all the same', () => {
  const { turn, stateDir } = openShell()
  rmSync(stateDir, { recursive: true })
  expect(turn('echo here').out).toContain('here\n')
  expect(existsSync(stateDir)).toBe(false)
  mkdirSync(stateDir)
})

test('what is exported is kept for its owner alone, and the mask stays the script’s', () => {
  const { turn, stateDir, workspace } = openShell()
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
  expect(turn(`umask 022; export SECRET=1; trap 'touch late' EXIT; exit`)).toEqual(ok(''))
  expect(readFileSync(join(stateDir, 'shell'), 'utf8')).toContain('SECRET')
  expect([modeOf(join(stateDir, 'shell')), modeOf(join(workspace, 'late'))]).toEqual(['600', '644'])
  expect(turn('umask 000; echo $SECRET')).toEqual(ok('1\n'))
  expect(modeOf(join(stateDir, 'shell'))).toBe('600')
})
