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
  argv: string[]
  cwd: string
  env: Record<string, string>
}): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [SHIM, start.runDir, start.turnName, ...start.argv], {
      cwd: start.cwd,
      env: start.env,
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
