/** The processes of a turn, for whoever wants to see them: what they are to it, and what they cost. Changes nothing. */
import { readFileSync } from 'node:fs'
import type { InspectedProcess } from '../../machines/inspection.ts'
import type { KilledTurn } from './kill.ts'
import { findTurnMembers } from './kill.ts'
import { describeProcess, hasProcessTable, type ProcessRow, programOf, readProcess } from './process-table.ts'
import { readClaim, readPid } from './run-directory.ts'
import { readIfThere } from './unreadable.ts'

/** proc(5): what Linux tells programs in, whatever its own clock does. */
const TICKS_PER_S = 100

/**
 * This server first, then what runs the turn, then all that its agent has started.
 * @param turn null: none runs
 * @param bodies whether their arguments are shown: what an agent has its tools do stands there
 */
export function listTurnProcesses(turn: KilledTurn | null, bodies: boolean): InspectedProcess[] {
  if (!hasProcessTable()) return []
  const found = new Map<number, InspectedProcess>()
  const add = (pid: number | null | undefined, role: InspectedProcess['role']): void => {
    const row = pid == null || found.has(pid) ? null : readProcess(pid)
    if (row !== null && !row.zombie) found.set(row.pid, measure(row, role, bodies))
  }
  add(process.pid, 'server')
  if (turn === null) return [...found.values()]
  add(readClaim(turn.runDir)?.pid, 'shim')
  add(readPid(turn.runDir, 'feeder'), 'feeder')
  add(readPid(turn.runDir, 'agent'), 'agent')
  for (const { pid } of findTurnMembers(turn)?.scan() ?? []) add(pid, 'child')
  return [...found.values()]
}

function measure(row: ProcessRow, role: InspectedProcess['role'], bodies: boolean): InspectedProcess {
  const { pid, parent } = row
  const read = (file: string): string =>
    readIfThere(() => readFileSync(`/proc/${pid}/${file}`, 'latin1')) ?? ''
  const stat = read('stat')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const rss = /^VmRSS:\s*(\d+) kB$/m.exec(read('status'))?.[1]
  return {
    ...{ pid, parent, role, command: bodies ? describeProcess(row) : programOf(row) },
    ...{ rssBytes: Number(rss ?? 0) * 1024, cpuMs: Math.round((ticks * 1000) / TICKS_PER_S) || 0 },
  }
}
