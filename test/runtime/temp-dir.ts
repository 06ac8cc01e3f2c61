/** A directory of the test's own, gone when the test is over. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function tempDir(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'breakglass-test-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
