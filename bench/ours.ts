/** breakglass as an operator runs it: the real server, its shim and its store, synchronous=FULL, with its token. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Contestant, Topic } from './contestant.ts'
import { startProcess } from './server/process.ts'

const MAIN = resolve(import.meta.dirname, '../src/cli/main.ts')
/** As the systemd unit and `npm start` do: with what Node compiled for the server before it. */
const NODE_FLAGS = ['--max-semi-space-size=4']
const COMPILE_CACHE = resolve(import.meta.dirname, '../node_modules/.cache/node')
const AGENT = join(import.meta.dirname, 'agent.mjs')

/** @param options.dataDir one that is there already stays; a fresh one goes with the server */
export async function startOurs(
  options: { dataDir?: string; env?: Record<string, string>; profileDir?: string | undefined } = {},
) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  const server = await startProcess([...NODE_FLAGS, MAIN, 'serve'], {
    ...options,
    env: {
      HOME: dataDir,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      BREAKGLASS_PORT: '0',
      BREAKGLASS_DATA_DIR: dataDir,
      BREAKGLASS_CLAUDE_BIN: AGENT,
      BREAKGLASS_OUTPUT_MAX_MIB: '10000',
      ...options.env,
    },
  })
  const token = readFileSync(join(dataDir, 'token'), 'utf8').trim()
  const authorization = `Bearer ${token}`
  const ask = async (
    method: string,
    path: string,
    body?: object,
    { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Response> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { authorization, ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
  const topicOf = (id: string): Topic => ({
    port: server.port,
    path: `/api/sessions/${id}/events`,
    headers: [`Authorization: ${authorization}`],
    // Behind `user`, `turn_start` and `agent_ready`.
    firstText: 3,
    async prompt(text) {
      await ask('POST', `/api/sessions/${id}/turns`, { prompt: text })
    },
  })

  const contestant: Contestant = {
    process: server,
    async open() {
      const { id } = (await (await ask('POST', '/api/sessions', { agent: 'claude' })).json()) as {
        id: string
      }
      return topicOf(id)
    },
    async close() {
      await server.stop()
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return { ...contestant, dataDir, ask, topicOf }
}
