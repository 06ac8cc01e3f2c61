/**
 * A server that ends for sure, however broken it is: it may not start, not answer, or not stop, and all the same nothing
 * of it runs on and nothing of it stays on disk.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type TestServer } from '../support/server.ts'
import { findAtHome } from './at-home.ts'
import { HANG_MS, until, within } from './within.ts'

/** @param program as startServer's */
export async function startSureServer(env: Record<string, string> = {}, program?: string[]) {
  // Of its own: all that it starts is found by it, even when it never said where its data lies.
  const home = mkdtempSync(join(tmpdir(), 'breakglass-chaos-home-'))
  const clear = async (): Promise<void> => {
    for (const { pid } of findAtHome(home)) kill(pid)
    await until(HANG_MS, 'killed processes to be gone', () => findAtHome(home).length === 0)
    rmSync(home, { recursive: true, force: true })
  }
  let server: TestServer
  try {
    server = await within(HANG_MS, 'the server to start', startServer({ ...env, HOME: home }, program))
  } catch (error) {
    await clear()
    throw error
  }
  return {
    server,
    home,
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        await within(HANG_MS, 'the server to end its sessions and itself', server[Symbol.asyncDispose]())
      } finally {
        await clear()
        rmSync(server.dataDir, { recursive: true, force: true })
      }
    },
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone by itself.
  }
}
