/** A small disk of its own that can be filled to its last byte, and given room again. Needs root. */
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const filler = (dir: string): string => join(dir, 'filler')

/** Takes all that is left. */
export function fillDisk(dir: string): void {
  const file = openSync(filler(dir), 'a')
  try {
    // A short write is one to the last byte; the next one fails.
    for (;;) writeSync(file, Buffer.alloc(4_096))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

/** @throws what mount(8) says */
export function mountSmallDisk() {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'breakglass', dir], { stdio: 'pipe' })
  } catch (error) {
    rmdirSync(dir)
    throw error
  }
  return {
    dir,
    fill: () => fillDisk(dir),
    makeRoom: () => rmSync(filler(dir), { force: true }),
    [Symbol.dispose](): void {
      // Lazily, should somebody still hold a file of it.
      spawnSync('umount', ['-l', dir])
      rmdirSync(dir)
    },
  }
}

export type SmallDisk = ReturnType<typeof mountSmallDisk>
