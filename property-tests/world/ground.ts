/**
 * What worlds have of the real file system, one after the other: directories that agents are launched with and leave
 * nothing in, and a workspace in which every session finds one file that it was sent.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SENT } from './knobs.ts'

export type Ground = ReturnType<typeof makeGround>

export function makeGround() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'breakglass-world-')))
  const dirs = { data: join(dir, 'data'), workspace: join(dir, 'workspace') }
  const file = join(dirs.workspace, SENT)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, 'sent')
  return { dirs, remove: (): void => rmSync(dir, { recursive: true }) }
}
