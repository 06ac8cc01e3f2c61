/** After each file of tests: what it holds open by then, nobody will close. Sockets of `fetch` close themselves. */
import { readdirSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll } from 'vitest'
import { until } from '../chaos/within.ts'

/** Children, servers, watchers. */
const KINDS = ['ProcessWrap', 'TCPServerWrap', 'PipeServerWrap', 'FSEventWrap', 'StatWatcher']

const findHandles = (): string[] => process.getActiveResourcesInfo().filter((kind) => KINDS.includes(kind))

/** Files below the run's own directory; removed ones are held open as well. */
const findFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(tmpdir()) ? [path] : []
    } catch {
      return []
    }
  })

const findOpen = (): string[] => [...findHandles(), ...findFiles()]

/** What is being closed is open until the event loop has come round, and a child until it has been waited for. */
const CLOSE_MS_MAX = 2_000

// The first to be registered is the last to run: after whatever the file does at its end.
afterAll(async () => {
  await until(CLOSE_MS_MAX, 'what was closed', () => findOpen().length === 0).catch(() => {})
  const open = findOpen()
  if (open.length > 0) throw new Error(`still open after the last test: ${open.join(', ')}`)
})
