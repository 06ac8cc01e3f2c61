/** Looks at what really runs, independently of the code under test. Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/** Whether it runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

/** The names of all running processes that have this in their environment, or this and more behind a colon. */
export function processesWith(variable: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
      const isMarked = environment.some((text) => text === variable || text.startsWith(`${variable}:`))
      const isOne = isMarked && isRunning(Number(pid))
      return isOne ? [readFileSync(`/proc/${pid}/comm`, 'latin1').trim()] : []
    } catch {
      return []
    }
  })
}
