/** Everything that a server started and that still runs, found by the HOME that it was given. */
import { readdirSync, readFileSync } from 'node:fs'
import { isRunning } from '../support/processes.ts'

/** `isMember`: an agent, or what an agent started; a supervisor and what feeds an agent are none. */
export type AtHome = { pid: number; name: string; isMember: boolean }

export function findAtHome(home: string): AtHome[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
      if (!environment.includes(`HOME=${home}`) || !isRunning(pid)) return []
      const isMember = environment.some((variable) => variable.startsWith('BREAKGLASS_TURN='))
      return [{ pid, name: readFileSync(`/proc/${pid}/comm`, 'latin1').trim(), isMember }]
    } catch {
      return []
    }
  })
}
