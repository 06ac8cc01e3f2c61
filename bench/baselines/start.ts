/** Starts a baseline as a contestant. */
import { join } from 'node:path'
import type { Contestant } from '../contestant.ts'
import { startProcess } from '../server/process.ts'

/** Which program each is, and the id of its first text. */
const PROGRAMS = {
  'floor, a write per chunk': { program: ['floor.ts', 'chunk'], firstText: 0 },
  'floor, a write per frame': { program: ['floor.ts', 'frame'], firstText: 0 },
  'better-sse': { program: ['better-sse.ts'], firstText: 0 },
  'in-memory port': { program: ['in-memory.ts'], firstText: 1 },
} as const

export type BaselineName = keyof typeof PROGRAMS

export async function startBaseline(
  name: BaselineName,
  options: { profileDir?: string | undefined } = {},
): Promise<Contestant> {
  const { program, firstText } = PROGRAMS[name]
  const [file, ...args] = program
  const server = await startProcess([join(import.meta.dirname, file), ...args], options)
  const ask = (method: string, body: string) => fetch(`http://127.0.0.1:${server.port}/`, { method, body })
  return {
    process: server,
    async open() {
      await ask('PUT', '')
      const prompt = async (text: string): Promise<void> => void (await ask('POST', text))
      return { port: server.port, path: '/', headers: [], firstText, prompt }
    },
    close: server.stop,
  }
}
