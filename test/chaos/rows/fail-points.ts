/** A server that is killed at the worst of instants, by name: random kills hardly ever come to them. */
import { crashInDelete } from '../crash-in-delete.ts'
import { crashInTurn } from '../crash-in-turn.ts'
import { type CrashingServer, type Instant, startCrashingServer } from '../crashing-server.ts'
import type { Row, RowOptions, RowResult } from '../row.ts'

const INSTANTS = (
  ['record', 'spawn', 'claim', 'acknowledge', 'append', 'status', 'exit', 'delete'] as const
).flatMap((instant): Instant[] => [`before-${instant}`, `after-${instant}`])
const ROUNDS = { short: 2, full: 25 }
/** Side by side, each with one turn at a time, so that it is known whose instant it is. */
const SERVERS = 4
/** So many that did not start or end are enough. */
const BROKEN_MAX = 8

type Job = { instant: Instant; round: number }
type Attempt = Job & { crashed: boolean; stuck: boolean; starts: number; misses: string[] }

export const failPoints: Row = {
  name: 'fail-points',
  target:
    'kill -9 right before and after each step of a turn: every turn starts once, nothing is lost, none is stuck',
  unavailable: () => (process.platform === 'linux' ? null : 'looks at /proc'),
  async run({ size, say }) {
    const jobs = Array.from({ length: ROUNDS[size] }, (_, round) =>
      INSTANTS.map((instant): Job => ({ instant, round })),
    ).flat()
    const planned = jobs.length
    const attempts: Attempt[] = []
    const broken: string[] = []
    await Promise.all(Array.from({ length: SERVERS }, () => work(jobs, attempts, broken, say)))
    return judge(attempts, broken, planned, ROUNDS[size])
  },
}

/** One server after the other, until no job is left. */
async function work(
  jobs: Job[],
  attempts: Attempt[],
  broken: string[],
  say: RowOptions['say'],
): Promise<void> {
  while (jobs.length > 0 && broken.length < BROKEN_MAX)
    await workWithOne(jobs, attempts, say).catch((error: Error) => broken.push(error.message))
}

/** @throws when the server does not start, or does not end as it should */
async function workWithOne(jobs: Job[], attempts: Attempt[], say: RowOptions['say']): Promise<void> {
  await using crashing = await startCrashingServer()
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const attempt = await tryOut(crashing, job)
    attempts.push(attempt)
    const found = attempt.misses.length === 0 ? 'as if nothing had happened' : attempt.misses.join('; ')
    say(`${job.instant}, round ${job.round}: ${found}`)
    // What is stuck must not hold up what comes next.
    if (attempt.stuck) break
  }
}

async function tryOut(crashing: CrashingServer, job: Job): Promise<Attempt> {
  const { instant, round } = job
  const crashesBefore = crashing.crashes
  const crash = isDelete(job) ? crashInDelete : crashInTurn
  try {
    return { ...job, crashed: true, stuck: false, ...(await crash(crashing, instant, round)) }
  } catch (error) {
    const crashed = crashing.crashes > crashesBefore
    return { ...job, crashed, stuck: true, starts: Number.NaN, misses: [(error as Error).message] }
  }
}

const isDelete = ({ instant }: Job): boolean => instant.endsWith('-delete')

function judge(attempts: Attempt[], broken: string[], planned: number, rounds: number): RowResult {
  const count = (of: Attempt[], is: (attempt: Attempt) => boolean): number => of.filter(is).length
  const isGood = ({ misses }: Attempt): boolean => misses.length === 0
  const deletes = attempts.filter(isDelete)
  const turns = attempts.filter((attempt) => !isDelete(attempt))
  const figure = [
    `${count(attempts, ({ crashed }) => crashed)} of ${planned} kills at ${INSTANTS.length} instants, ${rounds} each`,
    `${count(attempts, ({ starts }) => starts === 1)} of ${attempts.length} turns started once`,
    `${count(turns, isGood)} of ${turns.length} with every line, the exit code and a next turn`,
    `${count(deletes, isGood)} of ${deletes.length} deletes complete`,
    `${count(attempts, ({ stuck }) => stuck)} stuck`,
    ...(broken.length > 0 ? [`${broken.length} servers did not start or end`] : []),
  ].join('; ')
  const misses = [
    ...attempts.flatMap(({ instant, round, misses }) =>
      misses.map((miss) => `${instant}, round ${round}: ${miss}`),
    ),
    ...broken,
  ]
  const ok = misses.length === 0 && attempts.length === planned
  return { ok, figure, ...(misses.length > 0 && { details: misses }) }
}
