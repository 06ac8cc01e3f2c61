/** Runs a few lines of a module in a process of its own, for what must not happen to this one. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/**
 * @param command what to run before node, e.g. unshare; [] for nothing
 * @returns what it printed, and its exit code; null for a signal, or for a command that cannot be run
 */
export async function runScript(
  script: string,
  { command = [], ...options }: { command?: string[]; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const [program, ...args] = [...command, process.execPath, '--input-type=module', '--eval', script]
  const child = spawn(program!, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const code = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', resolve)
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}
