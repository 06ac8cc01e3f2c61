/** A turn in three lines: after each but the last it waits to be let on, and each start of it leaves a mark. */
import { execFileSync } from 'node:child_process'
import { constants, readFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readStream } from '../support/read-stream.ts'
import type { TestServer } from '../support/server.ts'
import { HANG_MS, within } from './within.ts'

/** Of the shell agent. */
export async function createGatedTurn(exitCode: number) {
  const dir = await mkdtemp(join(tmpdir(), 'breakglass-gated-'))
  const [gatePath, starts] = [join(dir, 'gate'), join(dir, 'starts')]
  execFileSync('mkfifo', [gatePath])
  // For both: neither side's open waits for the other's, and what is written waits for whoever reads.
  const gate = await open(gatePath, constants.O_RDWR | constants.O_NONBLOCK)
  return {
    prompt: [
      `echo $$ >>'${starts}'`,
      ...['echo line 0', `read -r <'${gatePath}'`],
      ...['echo line 1', `read -r <'${gatePath}'`],
      ...['echo line 2', `exit ${exitCode}`],
    ].join('\n'),
    output: 'line 0\nline 1\nline 2\n',
    /** Lets it on by so many lines. */
    letOn: (lines: number) => gate.write('\n'.repeat(lines)),
    starts(): number {
      try {
        return readFileSync(starts, 'utf8').split('\n').length - 1
      } catch {
        return 0
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await gate.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Until a client has been shown this line. */
export const untilSeen = (server: TestServer, id: string, line: number) =>
  within(
    HANG_MS,
    `line ${line}`,
    readStream(server.eventsUrl(id), {
      token: server.token(),
      until: ({ data }) => data?.kind === 'text' && data.text.includes(`line ${line}\n`),
    }),
  )
