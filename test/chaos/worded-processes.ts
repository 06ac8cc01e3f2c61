/**
 * Processes by a word in their command line: it goes with every fork, and no change of session, parent or environment
 * takes it away. So what lives is counted without asking the server, and not in its ways.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { isRunning } from '../support/processes.ts'
import { HANG_MS, until } from './within.ts'

export const livingWith = (word: string): number[] => living((words) => words.includes(word))

/** What was started on a file below a directory: of a turn, its supervisor and all helpers of that as well. */
export const livingOn = (dir: string): number[] =>
  living((words) => words.some((word) => word.startsWith(`${dir}/`)))

/** What bears the mark of a session's turn in its environment, as all do that have not thrown it away. */
export const livingOf = (id: string, turn: number): number[] =>
  allProcesses().filter((pid) => bearsMark(pid, id, turn) && isRunning(pid))

export const bearsMark = (pid: number, id: string, turn: number): boolean =>
  // What follows is the name of the run.
  wordsIn(`/proc/${pid}/environ`).some((word) => `${word}:`.startsWith(`BREAKGLASS_TURN=${id}:${turn}:`))

const living = (isOne: (words: string[]) => boolean): number[] =>
  allProcesses().filter((pid) => isOne(wordsIn(`/proc/${pid}/cmdline`)) && isRunning(pid))

const allProcesses = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)

function wordsIn(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Until none is left, since what forks while it is killed is found by the next look only. */
export const killAll = (what: string, find: () => number[]): Promise<void> =>
  until(HANG_MS, `the end of ${what}`, () => {
    const living = find()
    for (const pid of living) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone by itself.
      }
    }
    return living.length === 0
  })
