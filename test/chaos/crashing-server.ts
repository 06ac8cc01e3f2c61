/** A server that can be armed to die at a named instant, and is started again when it has; or to find the disk full there. */
import { execFileSync } from 'node:child_process'
import { constants, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FailPoint } from '../../src/runtime/fail-points.ts'
import { startSureServer } from './sure-server.ts'
import { HANG_MS, until, within } from './within.ts'

const PROGRAM = resolve(import.meta.dirname, 'fail-point-server.ts')
const COMMAND = resolve(import.meta.dirname, '../fixtures/fail-points/command.sh')

/** Those of the server, and those that the supervisor comes to: it claims the turn, and says the exit status. */
export type Instant = FailPoint | `${'before' | 'after'}-${'claim' | 'status'}`

/** What happens at the instant. `hold`: the supervisor that kills the server waits to be let go. */
type Action = 'kill' | 'hold' | `fill ${string}`

export async function startCrashingServer(settings: Record<string, string> = {}) {
  const control = await mkdtemp(join(tmpdir(), 'breakglass-control-'))
  for (const name of ['ln', 'mv']) symlinkSync(COMMAND, join(control, name))
  execFileSync('mkfifo', [join(control, 'held')])
  const held = await open(join(control, 'held'), constants.O_RDWR | constants.O_NONBLOCK)
  const env = { PATH: `${control}:${process.env.PATH}`, CHAOS_CONTROL_DIR: control, ...settings }
  const removeControl = async (): Promise<void> => {
    await held.close()
    await rm(control, { recursive: true, force: true })
  }
  const sure = await startSureServer(env, [PROGRAM]).catch(async (error: unknown) => {
    await removeControl()
    throw error
  })
  const { server } = sure
  const write = (name: string, text: string): void => {
    // By rename: whoever reads it finds all of it.
    writeFileSync(join(control, `${name}.new`), text)
    renameSync(join(control, `${name}.new`), join(control, name))
  }
  write('server', `${server.pid}\n`)
  const hit = join(control, 'hit')
  const start = async (): Promise<void> => {
    await within(HANG_MS, 'the next server', server.start())
    write('server', `${server.pid}\n`)
  }

  let crashes = 0
  return {
    server,
    /** How often it died where it should. */
    get crashes() {
      return crashes
    },
    arm: (instant: Instant, action: Action = 'kill'): void => write('armed', `${instant} ${action}\n`),
    letGo: () => held.write('go\n'),
    /**
     * Until it has died where it should; then the next one runs.
     * @throws when it did not get there, or died elsewhere
     */
    async crash(instant: Instant): Promise<void> {
      const signal = await within(HANG_MS, `a crash at ${instant}`, server.died())
      if (signal !== 'SIGKILL' || !existsSync(hit))
        throw new Error(`it died of ${signal} elsewhere than at ${instant}: ${server.stderr.slice(-500)}`)
      rmSync(hit)
      crashes++
      await start()
    },
    /** Until the instant has come and gone: for what does not end the server. */
    async met(instant: Instant): Promise<void> {
      await until(HANG_MS, instant, () => existsSync(hit))
      rmSync(hit)
    },
    start,
    async [Symbol.asyncDispose](): Promise<void> {
      rmSync(join(control, 'armed'), { force: true })
      await held.write('go\ngo\n')
      try {
        await sure[Symbol.asyncDispose]()
      } finally {
        await removeControl()
      }
    },
  }
}

export type CrashingServer = Awaited<ReturnType<typeof startCrashingServer>>
