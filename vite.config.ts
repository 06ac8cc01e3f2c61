/** Builds the page of src/web into dist/web: hashed files, relative to wherever the server puts them. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const WEB = resolve(import.meta.dirname, 'src/web')
const SERVICE_WORKER = 'sw.js'

type Bundle = Parameters<Extract<NonNullable<Plugin['generateBundle']>, (...args: never[]) => unknown>>[1]

/** All that a page may come to load, with its styles. */
function filesOf(bundle: Bundle, entry: string): string[] {
  const files = new Set([entry])
  for (const name of files) {
    const chunk = bundle[name]
    if (chunk?.type !== 'chunk') continue
    const { importedCss = [] } = chunk.viteMetadata ?? {}
    for (const file of [...chunk.imports, ...chunk.dynamicImports, ...importedCss]) files.add(file)
  }
  return [...files]
}

/** Tells the service worker what the phone page is made of; not the inspector, nor what only installers ask for. */
const listBuiltFiles = (): Plugin => ({
  name: 'list-built-files',
  enforce: 'post',
  generateBundle(_, bundle) {
    const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === 'page')
    const files = filesOf(bundle, entry?.fileName ?? '')
    const worker = bundle[SERVICE_WORKER]
    const page = bundle['index.html']
    if (worker?.type !== 'chunk' || page?.type !== 'asset')
      throw new Error('there is no page, or no service worker')
    const build = createHash('sha256').update(page.source).digest('hex').slice(0, 16)
    worker.code = worker.code
      .replaceAll('__BUILT_FILES__', JSON.stringify(files.sort()))
      .replaceAll('__BUILD__', JSON.stringify(build))
  },
})

export default defineConfig({
  root: WEB,
  base: './',
  plugins: [listBuiltFiles()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    // The phones that are in use: module scripts, light-dark() and all.
    target: ['safari17.5', 'chrome123', 'firefox121'],
    // As files, whatever their size: the policy of the page lets no data: URL in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        page: resolve(WEB, 'index.html'),
        inspect: resolve(WEB, 'inspect.html'),
        sw: resolve(WEB, 'sw.ts'),
      },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? SERVICE_WORKER : 'assets/[name]-[hash].js'),
      },
    },
  },
})
