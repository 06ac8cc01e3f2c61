/** Starts a shim, which starts the agent. Knows how, and nothing of what becomes of it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const SHIM = join(import.meta.dirname, 'shim.sh')

/**
 * @param start.env the whole environment of the agent: nothing of the server's own is inherited
 * @returns the shim, in a session of its own, once the kernel has taken it
 * @throws what spawn(2) says, e.g. E2BIG or EAGAIN
 */
export function spawnShim(start: {
  runDir: string
  turnName: string
  /** Written into the claim: under which start of the machine it was made. */
  boot: string
  /** The cgroup that the agent is to be in; null for none of its own. */
  cgroup: string | null
  argv: string[]
  cwd: string
  env: Record<string, string>
}): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const { runDir, turnName, boot, cgroup, argv } = start
    const child = spawn('/bin/sh', [SHIM, runDir, turnName, boot, cgroup ?? '', ...argv], {
      cwd: start.cwd,
      // By which it is told from what turns leave behind, when it has lost its parent: see orphans.ts.
      env: { ...start.env, BREAKGLASS_SHIM: turnName },
      // setsid(2): neither the server's terminal nor a signal to its group reaches the turn.
      detached: true,
      stdio: 'ignore',
    })
    child.once('error', reject)
    child.once('spawn', () => {
      child.unref()
      resolve(child)
    })
  })
}
