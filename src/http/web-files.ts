/** The built page, read once at the start: what `npm run build` put into dist/web. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'

/** `path` is below the server's root, as a browser asks for it: `assets/index-C0ffee.js`. */
export type WebFile = {
  path: string
  type: string
  content: Buffer
  /** For whoever takes it: on a bad line the page is there in a third of the time. Null where it would not be smaller. */
  gzipped: Buffer | null
  cacheControl: string
}

const WEB_DIR = join(import.meta.dirname, '../../dist/web')

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** @returns nothing where it was never built */
export function readWebFiles(dir = WEB_DIR): WebFile[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const path = relative(dir, file)
      // Whatever is in assets has its content's hash in its name.
      const cacheControl = path.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
      const content = readFileSync(file)
      const gzipped = gzipSync(content, { level: 9 })
      return {
        ...{ path, type: TYPES[extname(path)]!, content, cacheControl },
        gzipped: gzipped.length < content.length ? gzipped : null,
      }
    })
}
