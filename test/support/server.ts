/** A real server in a process of its own, on a port of its own, with a data directory that survives it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Event, Session } from '../../src/machines/events.ts'
import { createPinnedFetch } from './pinned-fetch.ts'
import { MAIN, MAIN_ENV } from './program.ts'

const SCRIPTED_AGENT = resolve(import.meta.dirname, '../fixtures/scripted-agent.mjs')

/** A prompt that the scripted agent performs, step by step. See test/fixtures/scripted-agent.mjs. */
export const script = (...steps: Record<string, unknown>[]): string => {
  // The agent reads lines with node:readline, to which these separators end one.
  const escaped = JSON.stringify(steps).replace(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  )
  return `SCRIPT:${escaped}`
}

const toBody = (body: unknown): BodyInit =>
  typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body)

/** What the agent said, block by block. */
export const textsOf = (events: Event[]): string[] =>
  events.flatMap((event) => (event.kind === 'text' ? [event.text] : []))

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body, and fails where it is not so
export type Answer = { status: number; body: any; headers: Headers }

/** @param program what is run in place of `breakglass serve`: it says where it listens, and takes the same settings */
export async function startServer(env: Record<string, string> = {}, program = [MAIN, 'serve']) {
  const dataDir = env.BREAKGLASS_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'breakglass-test-'))
  let child: ChildProcess
  let url = ''
  let stderr = ''

  const start = async (): Promise<void> => {
    child = spawn(process.execPath, program, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...MAIN_ENV,
        HOME: dataDir,
        BREAKGLASS_PORT: '0',
        BREAKGLASS_DATA_DIR: dataDir,
        BREAKGLASS_CLAUDE_BIN: SCRIPTED_AGENT,
        BREAKGLASS_KILL_GRACE_S: '1',
        ...env,
      },
    })
    child.stderr!.on('data', (data) => {
      stderr += data
    })
    const lines = createInterface({ input: child.stdout! })
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(() => {
        throw new Error(`the server did not start: ${stderr}`)
      }),
    ])
    url = /listening on (https?:\S+)/.exec(line as string)![1]!
  }

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = await exited
    return code
  }

  const token = (): string => readFileSync(env.BREAKGLASS_TOKEN_FILE ?? join(dataDir, 'token'), 'utf8').trim()

  const request = async (method: string, path: string, body?: unknown, headers = {}): Promise<Answer> => {
    const ask = url.startsWith('https:')
      ? createPinnedFetch(readFileSync(join(dataDir, 'tls-cert.pem'), 'utf8'))
      : fetch
    const response = await ask(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: toBody(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : text,
      headers: response.headers,
    }
  }

  await start().catch((error: unknown) => {
    // Not one that another server uses.
    if (env.BREAKGLASS_DATA_DIR === undefined) rmSync(dataDir, { recursive: true, force: true })
    throw error
  })
  const server = {
    dataDir,
    get url() {
      return url
    },
    get pid() {
      return child.pid!
    },
    get stderr() {
      return stderr
    },
    token,
    request,
    get: (path: string, headers = {}) => request('GET', path, undefined, headers),
    post: (path: string, body?: unknown, headers = {}) => request('POST', path, body, headers),

    /** Opens a session of the scripted agent. */
    async open(body: object = { agent: 'claude' }): Promise<Session> {
      return (await request('POST', '/api/sessions', body)).body
    },
    /** The whole log. */
    async events(id: string, after?: number): Promise<Event[]> {
      const query = after === undefined ? '' : `&after=${after}`
      return (await request('GET', `/api/sessions/${id}/events?limit=10000${query}`)).body.events
    },
    eventsUrl: (id: string): string => `${url}/api/sessions/${id}/events`,
    async prompt(id: string, prompt: string, extra: object = {}): Promise<Answer> {
      return request('POST', `/api/sessions/${id}/turns`, { prompt, ...extra })
    },

    /** Ends it as an operator would. @returns the exit code */
    stop: () => end('SIGTERM'),
    /** Ends it as a crash would. */
    kill: () => end('SIGKILL'),
    /** Until it has ended, by whosever hand. @returns the signal that it died of */
    async died(): Promise<NodeJS.Signals | null> {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return child.signalCode
    },
    /** Starts it again on what it left behind. */
    start,
    /** Stops whatever runs and removes everything. */
    async [Symbol.asyncDispose](): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) await start()
      const { sessions } = (await request('GET', '/api/sessions')).body
      for (const { id } of sessions) await request('DELETE', `/api/sessions/${id}`)
      await end('SIGTERM')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return server
}

export type TestServer = Awaited<ReturnType<typeof startServer>>
