/** A server that is measured: a process of its own, and what it costs. Its clients and its agents do not count. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const COLLECT = join(import.meta.dirname, 'collect.ts')

export type ServerProcess = Awaited<ReturnType<typeof startProcess>>

/**
 * @param program with its arguments; it says `listening on http://…:PORT` on a line of its stdout
 * @param options.profileDir where it leaves a CPU profile when it stops
 */
export async function startProcess(
  program: string[],
  options: { env?: Record<string, string>; profileDir?: string | undefined } = {},
) {
  const flags = options.profileDir ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`] : []
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...flags, '--expose-gc', '--import', COLLECT, ...program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, ...options.env },
  })
  let stderr = ''
  child.stderr!.on('data', (data) => {
    stderr = (stderr + data).slice(-10_000)
  })
  const exited = once(child, 'exit')
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line'),
    exited.then(() => Promise.reject(new Error(`a server did not start: ${stderr}`))),
  ])
  const port = Number(/listening on http:\S+:(\d+)/.exec(line)![1])
  const status = (): string => readFileSync(`/proc/${child.pid}/status`, 'utf8')

  return {
    pid: child.pid!,
    port,
    /** From its start until it said that it listens. */
    startMs: performance.now() - startedAt,
    /**
     * Seconds on a CPU until now, of all its threads. /proc/PID/stat has the same in hundredths of a second, which is
     * too coarse for a run of a tenth of one.
     */
    cpuS(): number {
      const tasks = readdirSync(`/proc/${child.pid}/task`)
      const ns = tasks.map((task) =>
        Number(readFileSync(`/proc/${child.pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]),
      )
      return ns.reduce((sum, one) => sum + one, 0) / 1e9
    },
    rssKiB: (): number => Number(/VmRSS:\s+(\d+)/.exec(status())![1]),
    /** The most it ever was. */
    peakRssKiB: (): number => Number(/VmHWM:\s+(\d+)/.exec(status())![1]),
    /** Collects its garbage, so that what is left is what it holds. */
    async collect(): Promise<void> {
      child.send('collect')
      await once(child, 'message')
    },
    async stop(): Promise<void> {
      child.kill('SIGTERM')
      await exited
    },
  }
}
