/** Imports point one way. This reads them all, types and dynamic ones included, and fails on any other arrow. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

/** `to` is a path from the root of the project, the name of a package, or in parentheses what is neither. */
type Arrow = { from: string; to: string; isType: boolean }

const STATIC = /^\s*(?:import|export)\s+(type\s)?(?:[\w$*{},\s]+\sfrom\s*|(?=['"]))(['"])(?<to>[^'"]+)\2/gm
const CALLED = /\bimport\s*\(\s*(?<argument>[^)]*)\)/g

/** Dynamic imports and `import('x').T` look alike and count as values: a type has `import type` to come by. */
function readArrows(from: string, source: string): Arrow[] {
  const nameOf = (to: string): string => {
    if (!to.startsWith('.')) return to
    const path = relative(ROOT, resolve(ROOT, dirname(from), to))
    return path.startsWith('src/') ? path : `(outside: ${path})`
  }
  const arrow = (to: string, isType: boolean): Arrow => ({ from, to: nameOf(to), isType })
  const statics = [...source.matchAll(STATIC)].map(({ 1: type, groups }) =>
    arrow(groups!.to!, type !== undefined),
  )
  const called = [...source.matchAll(CALLED)].map(({ groups }) => {
    const literal = /^(['"])([^'"]+)\1/.exec(groups!.argument!.trim())
    return arrow(literal?.[2] ?? `(computed: ${groups!.argument})`, false)
  })
  return [...statics, ...called]
}

const LOWER_LAYERS: Record<string, string[]> = {
  machines: ['machines'],
  runtime: ['machines', 'runtime'],
  http: ['machines', 'runtime', 'http'],
  verify: ['machines', 'runtime', 'client', 'verify'],
  cli: ['machines', 'runtime', 'http', 'verify', 'cli', 'client'],
  client: ['client'],
  web: ['client', 'web'],
  'index.ts': ['machines', 'runtime', 'http', 'client', 'web'],
}

/** The wire types. */
const VOCABULARY = ['src/machines/events.ts', 'src/machines/inspection.ts']

/** The first folder below src, or the file that stands there. */
const layerOf = (path: string): string => path.split('/')[1]!

/** @returns why the arrow may not be; null when it may */
function faultOf({ from, to, isType }: Arrow): string | null {
  const layer = layerOf(from)
  const allowed = LOWER_LAYERS[layer]
  if (allowed === undefined) return `nothing is known of the layer ${layer}`
  if (to.startsWith('(computed')) return 'what is imported must stand there as a string'
  if (to.startsWith('(outside')) return 'src knows nothing of what lies beside it'
  if (to.startsWith('src/')) {
    // The vocabulary of the wire is all that a client shares with the server.
    const isVocabulary = layer === 'client' && VOCABULARY.includes(to) && isType
    return allowed.includes(layerOf(to)) || isVocabulary ? null : `${layer} knows nothing of it`
  }
  if (layer === 'machines' && to !== 'xstate') return 'machines import xstate alone'
  // They run in a browser as well.
  if ((layer === 'client' || layer === 'web') && to.startsWith('node:')) return 'a browser has no node:*'
  return null
}

/** @returns each cycle once, as the files along it */
function findCycles(arrows: Arrow[]): string[] {
  const targets = Map.groupBy(arrows, ({ from }) => from)
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    const since = path.indexOf(file)
    if (since >= 0) cycles.push([...path.slice(since), file].join(' → '))
    if (since >= 0 || done.has(file)) return
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return cycles
}

const describeFaults = (arrows: Arrow[]): string[] =>
  arrows.flatMap((arrow) => {
    const fault = faultOf(arrow)
    return fault === null ? [] : [`${arrow.from} → ${arrow.to}: ${fault}`]
  })

describe('the imports of src', () => {
  const files = globSync('src/**/*.{ts,tsx,mts,js,mjs}', { cwd: ROOT }).map((path) =>
    path.replaceAll('\\', '/'),
  )
  const sources = files.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
  const arrows = sources.flatMap(({ file, text }) => readArrows(file, text))

  test('are all read: each line that imports, by however it does so, is an arrow', () => {
    expect(arrows.length).toBeGreaterThan(0)
    for (const { file, text } of sources) {
      const lines = text
        .split('\n')
        .filter((line) => /^(import\b|export\b.* from ['"]|\} from ['"])/.test(line))
      // An import over several lines begins in one and names its file in another.
      const named = lines.filter((line) => /['"]/.test(line))
      expect(readArrows(file, text).length, file).toBeGreaterThanOrEqual(named.length)
    }
  })

  test('name files that are there', () => {
    const missing = arrows.filter(({ to }) => to.startsWith('src/') && !existsSync(join(ROOT, to)))
    expect(missing).toEqual([])
  })

  test('point from cli to http to runtime to machines, and from nowhere else', () => {
    expect(describeFaults(arrows)).toEqual([])
  })

  test('never come back to where they began, not even for a type', () => {
    expect(findCycles(arrows)).toEqual([])
  })
})

describe('an arrow', () => {
  test.each<[string, string, Arrow[]]>([
    [
      'of a value',
      "import { a, b as c } from './b.ts'",
      [{ from: 'src/http/a.ts', to: 'src/http/b.ts', isType: false }],
    ],
    [
      'over several lines',
      "import {\n  a,\n  type B,\n} from '../runtime/b.ts'",
      [{ from: 'src/http/a.ts', to: 'src/runtime/b.ts', isType: false }],
    ],
    [
      'of a type',
      "import type { A } from '../machines/a.ts'",
      [{ from: 'src/http/a.ts', to: 'src/machines/a.ts', isType: true }],
    ],
    ['of all', "import * as a from 'node:fs'", [{ from: 'src/http/a.ts', to: 'node:fs', isType: false }]],
    [
      'of a default and a name',
      "import a, { type B } from 'fastify'",
      [{ from: 'src/http/a.ts', to: 'fastify', isType: false }],
    ],
    ['for its effect', "import './b.ts'", [{ from: 'src/http/a.ts', to: 'src/http/b.ts', isType: false }]],
    [
      'of what is passed on',
      "export * from './b.ts'\nexport type { C } from './c.ts'",
      [
        { from: 'src/http/a.ts', to: 'src/http/b.ts', isType: false },
        { from: 'src/http/a.ts', to: 'src/http/c.ts', isType: true },
      ],
    ],
    [
      'that is dynamic',
      "const a = await import(\n  '../cli/main.ts',\n)",
      [{ from: 'src/http/a.ts', to: 'src/cli/main.ts', isType: false }],
    ],
    [
      'in a type',
      "type A = import('../cli/main.ts').A",
      [{ from: 'src/http/a.ts', to: 'src/cli/main.ts', isType: false }],
    ],
    [
      'that is computed',
      'await import(name)',
      [{ from: 'src/http/a.ts', to: '(computed: name)', isType: false }],
    ],
    ['of nothing', "export const from = 'x'\nexport function f() {}\nconst important = 'y'", []],
  ])('%s is read', (_, source, arrows) => {
    expect(readArrows('src/http/a.ts', source)).toEqual(arrows)
  })

  test.each([
    ['src/machines/a.ts', "import { b } from '../runtime/b.ts'"],
    ['src/machines/a.ts', "import type { B } from '../client/b.ts'"],
    ['src/machines/a.ts', "import { readFile } from 'node:fs'"],
    ['src/machines/a.ts', "import fc from 'fast-check'"],
    ['src/runtime/log/a.ts', "import type { B } from '../../http/b.ts'"],
    ['src/runtime/a.ts', "import { attach } from '../client/attach.ts'"],
    ['src/runtime/a.ts', "const b = await import('../cli/main.ts')"],
    ['src/http/a.ts', "import { b } from '../cli/b.ts'"],
    ['src/http/routes/a.ts', "type B = import('../../cli/main.ts').B"],
    ['src/client/a.ts', "import { b } from '../machines/events.ts'"],
    ['src/client/a.ts', "import type { B } from '../machines/fold.ts'"],
    ['src/client/a.ts', "import type { B } from '../runtime/errors.ts'"],
    ['src/client/a.ts', "import { readFileSync } from 'node:fs'"],
    ['src/web/a.ts', "import type { Event } from '../machines/events.ts'"],
    ['src/web/a.ts', "import '../http/server.ts'"],
    ['src/index.ts', "export * from './cli/main.ts'"],
    ['src/http/a.ts', "import { b } from '../../test/support/b.ts'"],
    ['src/http/a.ts', "import { b } from '../../../elsewhere.ts'"],
    ['src/new/a.ts', "import { b } from './b.ts'"],
    ['src/http/a.ts', 'await import(name)'],
  ])('in %s is caught: %s', (file, source) => {
    expect(describeFaults(readArrows(file, source))).toEqual([expect.stringContaining(`${file} → `)])
  })

  test.each([
    ['src/machines/a.ts', "import { setup } from 'xstate'"],
    ['src/runtime/log/a.ts', "import { foldEvent } from '../../machines/fold.ts'"],
    ['src/http/a.ts', "import type { Event } from '../machines/events.ts'"],
    ['src/cli/a.ts', "import { attach } from '../client/index.ts'"],
    ['src/client/a.ts', "export type { Event } from '../machines/events.ts'"],
    ['src/web/a.ts', "import { attach } from '../client/index.ts'"],
    ['src/index.ts', "export { openRuntime } from './runtime/runtime.ts'"],
  ])('in %s may be: %s', (file, source) => {
    expect(describeFaults(readArrows(file, source))).toEqual([])
  })

  test('is part of a cycle when a way leads back, however long', () => {
    const arrow = (from: string, to: string): Arrow => ({ from, to, isType: true })
    const line = [arrow('a', 'b'), arrow('b', 'c'), arrow('a', 'c')]
    expect(findCycles(line)).toEqual([])
    expect(findCycles([...line, arrow('c', 'a')])).toEqual(['a → b → c → a'])
    expect(findCycles([arrow('a', 'a')])).toEqual(['a → a'])
  })
})
