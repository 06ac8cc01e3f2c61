/** Starts a run that nobody has claimed: its directory, its cgroup, its shim. */
import { statSync } from 'node:fs'
import { bootId } from './boot.ts'
import { makeCgroup } from './cgroup.ts'
import { prepareRun } from './run-directory.ts'
import type { RunOptions } from './run-options.ts'
import { StartError, toStartError } from './shim-health.ts'
import { spawnShim } from './spawn.ts'

/**
 * @param onShimExit with the shim's status; null when it died of a signal
 * @throws StartError
 */
export async function startRun(
  options: RunOptions,
  onShimExit: (code: number | null) => void,
): Promise<void> {
  const { dir, launch, turnName, cwd, env, failPoint } = options
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new StartError(`the workspace ${cwd} is not there`)
  try {
    prepareRun(dir, launch)
    failPoint('before-spawn')
    const { argv } = launch
    const cgroup = cgroupOf(options)
    const shim = await spawnShim({ runDir: dir, turnName, boot: bootId(), cgroup, argv, cwd, env })
    shim.once('exit', onShimExit)
    failPoint('after-spawn')
  } catch (error) {
    throw toStartError(error)
  }
}

/** A turn that can have no cgroup runs without one: what it starts is then found by other ways. */
function cgroupOf({ cgroup }: RunOptions): string | null {
  try {
    return cgroup.parent && makeCgroup(cgroup.parent, cgroup.name)
  } catch {
    return null
  }
}
