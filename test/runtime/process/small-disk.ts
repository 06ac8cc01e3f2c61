/** A full disk, without one. */
import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tempDir } from '../temp-dir.ts'

/**
 * A disk of a few pages: a file takes one at least.
 * @param skip the test's, for where it may not be mounted
 */
export function mountSmallDisk(skip: (condition: boolean, note: string) => void) {
  const disk = tempDir()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
  skip(mounted.status !== 0, 'needs a disk of its own, and so root')
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]))
  const filler = join(disk, 'filler')
  return {
    /** Where a run can be. */
    dir: join(disk, 'run'),
    fill(pagesLeft = 0): void {
      const { bavail, bsize } = statfsSync(disk)
      writeFileSync(filler, Buffer.alloc((bavail - pagesLeft) * bsize))
    },
    free: () => rmSync(filler),
  }
}
