/** The end of the database's write-ahead log is cut off, as a disk that lied about its writes would: what is left works. */
import { cpSync, lstatSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import PQueue from 'p-queue'
import type { Event } from '../../../src/machines/events.ts'
import { checkLog } from '../../../src/verify/check-log.ts'
import { untilTurnEnd } from '../../support/read-stream.ts'
import { script, type TestServer, textsOf } from '../../support/server.ts'
import type { Row, RowResult } from '../row.ts'
import { startSureServer } from '../sure-server.ts'
import { createTornDirectory, ENDINGS, essenceOf, type TornDirectory } from '../torn-directory.ts'
import { readWholeLog } from '../whole-log.ts'
import { HANG_MS, within } from '../within.ts'

const KiB = 1024
const CUT_BYTES_MAX = 32 * KiB
const STEP_BYTES = { full: 512, short: 4 * KiB }
const WAL = 'breakglass.db-wal'
/** Servers at once: each waits for processes and disks more than it works. */
const AT_ONCE = 3

type Session = TornDirectory['torn']
type Found = { faults: string[]; rolledBack: boolean }

export const tornWal: Row = {
  name: 'torn-wal',
  target:
    'the WAL cut at every 512 bytes of its last 32 KiB: the server starts, logs are prefixes, turns work',
  async run({ size, say }): Promise<RowResult> {
    const found: Found[] = []
    for (const ending of ENDINGS) {
      await using original = await createTornDirectory(ending)
      const queue = new PQueue({ concurrency: AT_ONCE })
      const cuts = Array.from(
        { length: CUT_BYTES_MAX / STEP_BYTES[size] },
        (_, i) => (i + 1) * STEP_BYTES[size],
      )
      const results = await Promise.all(
        cuts.map((bytes) =>
          queue.add(async () => {
            const { faults, rolledBack } = await tryCut(original, bytes)
            return { rolledBack, faults: faults.map((fault) => `${ending}, ${bytes} bytes cut: ${fault}`) }
          }),
        ),
      )
      const rolledBack = results.filter((result) => result.rolledBack).length
      const faults = results.flatMap((result) => result.faults)
      say(`${ending}: ${cuts.length} cuts, ${rolledBack} before the newest prompt, ${faults.length} faults`)
      found.push(...results)
    }
    const rolledBack = found.filter((result) => result.rolledBack).length
    const faulty = found.filter(({ faults }) => faults.length > 0)
    // A cut that reaches no prompt shows little.
    const isTried = rolledBack > 0 && rolledBack < found.length
    return {
      ok: faulty.length === 0 && isTried,
      figure: [
        `${found.length} cuts, ${found.length - faulty.length} of them harmless`,
        `${rolledBack} went back to before the newest prompt`,
        ...faulty.slice(0, 1).map(({ faults }) => faults[0]!),
      ].join('; '),
      details: { faults: faulty.flatMap(({ faults }) => faults).slice(0, 50) },
    }
  },
}

async function tryCut(original: TornDirectory, bytes: number): Promise<Found> {
  const dataDir = mkdtempSync(join(tmpdir(), 'breakglass-chaos-cut-'))
  try {
    copyWithout(original.dataDir, dataDir)
    truncateSync(join(dataDir, WAL), statSync(join(dataDir, WAL)).size - bytes)
    return await startOn(dataDir, original)
  } catch (error) {
    return { faults: [(error as Error).message], rolledBack: false }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What the kernel kept in memory alone is not there after a power cut: neither pipes and sockets nor the index of the WAL. */
const copyWithout = (from: string, to: string): void =>
  cpSync(from, to, {
    recursive: true,
    filter(path) {
      const stat = lstatSync(path)
      return !path.endsWith('-shm') && !stat.isFIFO() && !stat.isSocket()
    },
  })

async function startOn(dataDir: string, { quiet, torn, workspace, diedAt }: TornDirectory): Promise<Found> {
  await using sure = await startSureServer({
    BREAKGLASS_DATA_DIR: dataDir,
    BREAKGLASS_TOKEN_FILE: join(dataDir, 'token'),
    BREAKGLASS_WORKSPACE_ROOTS: workspace,
  })
  const { server } = sure
  const faults: string[] = []
  for (const session of [quiet, torn]) {
    const log = await settle(server, session.id)
    faults.push(...checkLog(log), ...findStrange(log, session, diedAt))
    faults.push(...(await tryTurn(server, session.id, log)))
  }
  const turns = (await readWholeLog(server, torn.id)).at(-1)!.turn
  // A turn more than there were is the one that was just tried.
  return { faults, rolledBack: turns === 2 }
}

/** Until no turn runs. @returns the log by then */
async function settle(server: TestServer, id: string): Promise<Event[]> {
  const { state, lastEventId } = (await server.get(`/api/sessions/${id}`)).body
  if (state !== 'idle') {
    const ended = untilTurnEnd(server.eventsUrl(id), server.token(), lastEventId)
    await within(HANG_MS, 'the turn that was open to end', ended)
  }
  return readWholeLog(server, id)
}

/** What was recorded must be there as it was, up to a point; from there on, only what the turn says again. */
function findStrange(log: Event[], { seen, wholes }: Session, diedAt: string): string[] {
  const told = log.map(essenceOf)
  const differs = log.findIndex((event, at) => !isDeepStrictEqual(event, seen[at]))
  const again = differs === -1 ? [] : log.slice(differs)
  return [
    ...(wholes.some((whole) => isDeepStrictEqual(told, whole)) ? [] : [`the log is ${JSON.stringify(told)}`]),
    ...(again.every(({ at }) => at > diedAt) ? [] : [`from ${differs} on it is not what was recorded`]),
  ]
}

async function tryTurn(server: TestServer, id: string, before: Event[]): Promise<string[]> {
  const text = `something new in ${id}`
  const { status, body } = await server.prompt(id, script({ say: text }, { exit: 0 }))
  if (status !== 202) return [`a new prompt was answered ${status} ${JSON.stringify(body)}`]
  const ended = untilTurnEnd(server.eventsUrl(id), server.token(), before.at(-1)!.id)
  await within(HANG_MS, 'the new turn to end', ended)
  const log = await readWholeLog(server, id)
  const turn = log.slice(before.length)
  const end = turn.at(-1)!
  return [
    ...checkLog(log),
    ...(isDeepStrictEqual(textsOf(turn), [text])
      ? []
      : [`the new turn says ${JSON.stringify(textsOf(turn))}`]),
    ...(end.kind === 'turn_end' && end.outcome === 'completed' ? [] : [`the new turn: ${essenceOf(end)}`]),
  ]
}
