/** An agent prints one line that is far too long: the server's memory must not notice, and the next line must be read. */
import { readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Event } from '../../../src/machines/events.ts'
import { checkLog } from '../../../src/verify/check-log.ts'
import { untilTurnEnd } from '../../support/read-stream.ts'
import { script, textsOf } from '../../support/server.ts'
import type { Row, RowResult, Size } from '../row.ts'
import { startSureServer } from '../sure-server.ts'
import { readWholeLog } from '../whole-log.ts'
import { within } from '../within.ts'

const MiB = 1024 * 1024
const BYTES: Record<Size, number> = { short: 256 * MiB, full: 1024 * MiB }
const GROWTH_MIB_MAX = 100
const TURN_MS_MAX = 120_000

/** Each agent's way of saying such a line, and then an ordinary one. */
const AGENTS = {
  claude: (bytes: number) => script({ wide: bytes }, { say: 'after' }, { exit: 0 }),
  shell: (bytes: number) => `head -c ${bytes} /dev/zero | tr '\\0' x; echo; echo after`,
}
type AgentName = keyof typeof AGENTS

const peakMiB = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024

export const gibLine: Row = {
  name: 'gib-line',
  target: `a line of 1 GiB grows the server by less than ${GROWTH_MIB_MAX} MiB, and the next line is read`,
  unavailable() {
    const { bavail, bsize } = statfsSync(tmpdir())
    // The line lies in the spool once, whatever the size of the run: half of it more is for all else.
    const neededMiB = (BYTES.full * 1.5) / MiB
    const freeMiB = Math.floor((bavail * bsize) / MiB)
    return freeMiB >= neededMiB ? null : `${tmpdir()} has ${freeMiB} MiB free, not ${neededMiB}`
  },
  async run({ size, say }): Promise<RowResult> {
    const results = []
    for (const agent of Object.keys(AGENTS) as AgentName[]) {
      const result = await measure(agent, BYTES[size])
      say(`${agent}: from ${result.beforeMiB.toFixed(0)} to ${result.afterMiB.toFixed(0)} MiB`)
      results.push(result)
    }
    const growths = results.map(({ agent, growthMiB }) => `${growthMiB.toFixed(0)} MiB (${agent})`)
    return {
      ok: results.every(({ growthMiB, faults }) => growthMiB < GROWTH_MIB_MAX && faults.length === 0),
      figure: [
        `${BYTES[size] / MiB} MiB in one line: peak memory grew by ${growths.join(' and ')}`,
        ...results.flatMap(({ faults }) => faults),
      ].join('; '),
      details: results,
    }
  },
}

async function measure(agent: AgentName, bytes: number) {
  await using sure = await startSureServer()
  const { server } = sure
  const { id } = await server.open({ agent })
  const url = server.eventsUrl(id)
  const take = async (prompt: string): Promise<number> => {
    const { eventId } = (await server.prompt(id, prompt)).body
    await within(TURN_MS_MAX, `the turn of ${agent}`, untilTurnEnd(url, server.token(), eventId))
    return eventId
  }
  // A small turn first: what any turn costs is no part of the figure.
  await take(AGENTS[agent](MiB))
  const beforeMiB = peakMiB(server.pid)
  const eventId = await take(AGENTS[agent](bytes))
  const afterMiB = peakMiB(server.pid)
  const events = await readWholeLog(server, id)
  return {
    ...{ agent, beforeMiB, afterMiB, growthMiB: afterMiB - beforeMiB },
    faults: [...checkLog(events), ...findFaults(agent, events.slice(eventId), bytes)],
  }
}

function findFaults(agent: AgentName, turn: Event[], bytes: number): string[] {
  const end = turn.at(-1)
  const texts = textsOf(turn)
  const notice = turn.find((event) => event.kind === 'notice')
  return [
    ...(end?.kind === 'turn_end' && end.outcome === 'completed' ? [] : [`${agent}: it did not complete`]),
    ...(texts.at(-1)?.endsWith(agent === 'shell' ? 'after\n' : 'after') ? [] : [`${agent}: no next line`]),
    // How long the line was must be told where its beginning is shown.
    ...([...texts, notice?.text].some((text) => text?.includes(String(bytes)))
      ? []
      : [`${agent}: nothing says how long the line was`]),
  ]
}
