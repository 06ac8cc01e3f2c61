/** One session whose server dies while it deletes it: what was begun is done by the next one, all the way. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkLog } from '../../src/verify/check-log.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import type { CrashingServer, Instant } from './crashing-server.ts'
import { createGatedTurn, untilSeen } from './gated-turn.ts'
import { whatRuns } from './nothing-runs.ts'
import { HANG_MS, within } from './within.ts'

/**
 * @param round odd: while the session's turn runs
 * @returns how often its agent was started, and what is wrong
 */
export async function crashInDelete(
  crashing: CrashingServer,
  instant: Instant,
  round: number,
): Promise<{ starts: number; misses: string[] }> {
  const { server } = crashing
  await using turn = await createGatedTurn(0)
  const { id, workspace } = await server.open({ agent: 'shell' })
  const path = `/api/sessions/${id}`
  const ended = () =>
    within(HANG_MS, 'the end of the turn', untilTurnEnd(server.eventsUrl(id), server.token()))
  await server.prompt(id, turn.prompt)
  await untilSeen(server, id, 0)
  if (round % 2 === 0) {
    await turn.letOn(2)
    await ended()
  }
  crashing.arm(instant)
  const asked = server.request('DELETE', path).catch(() => null)
  await crashing.crash(instant)
  await asked

  const misses: string[] = []
  const { status } = await server.get(path)
  const isOnRecord = instant === 'after-delete'
  if (status !== (isOnRecord ? 404 : 200)) misses.push(`answered ${status} after the crash`)
  if (status === 200) {
    // It was not deleted yet, so its turn must have an end.
    await ended()
    misses.push(...checkLog(await server.events(id)))
    const { state } = (await server.get(path)).body
    if (state !== 'idle') misses.push(`is ${state}`)
  }
  const again = await server.request('DELETE', path)
  if (again.status !== (isOnRecord ? 404 : 204)) misses.push(`the second delete was answered ${again.status}`)
  const put = await server.request('PUT', path)
  if (put.status !== 410) misses.push(`its id was answered ${put.status}`)
  for (const dir of [workspace, join(server.dataDir, 'sessions', id)])
    if (existsSync(dir)) misses.push(`${dir} is still there`)
  if (turn.starts() !== 1) misses.push(`started ${turn.starts()} times`)
  return { starts: turn.starts(), misses: [...misses, ...(await whatRuns(server, id))] }
}
