/** What the port itself has to say in a turn's log. */
import type { OutputRecord } from '../../machines/events.ts'
import type { Leftovers } from './leftovers.ts'
import { describeProcess } from './process-table.ts'

const notice = (level: 'info' | 'warn', code: string, text: string): OutputRecord => ({
  kind: 'notice',
  level,
  code,
  text,
})

export const WAITING = notice(
  'info',
  'waiting_for_slot',
  'The turn waits: as many turns as this server allows are running already.',
)

export const unreadNotice = (bytes: number): OutputRecord =>
  notice(
    'warn',
    'output_unread',
    `The last ${bytes} bytes that the agent said are not in this log: they could not be stored in time.`,
  )

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MiB`

export const overflowText = (bytes: number, bytesMax: number): string =>
  `the agent has said ${mebibytes(bytes)}, and ${mebibytes(bytesMax)} is the limit`

const NAMED_MAX = 10

const nameAll = (processes: { pid: number }[]): string => {
  const names = processes.slice(0, NAMED_MAX).map(describeProcess)
  const more = processes.length - NAMED_MAX
  return [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')
}

/**
 * @param code `survivors`: SIGKILL did not end them; `left_behind`: they were left alone
 * @returns a notice for those that are the turn's, and one for those that could be
 */
export function leftoverNotices(
  { alive, orphans }: Leftovers,
  code: 'survivors' | 'left_behind',
): OutputRecord[] {
  const what = code === 'survivors' ? 'Not even SIGKILL ended' : 'The turn leaves behind'
  return [
    ...(alive.length > 0 ? [notice('warn', code, `${what}: ${nameAll(alive)}`)] : []),
    ...(orphans.length > 0
      ? [
          notice(
            'warn',
            'maybe_left_behind',
            `Began during the turn and could be its own: ${nameAll(orphans)}`,
          ),
        ]
      : []),
  ]
}
