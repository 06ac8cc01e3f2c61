/**
 * `npm run mutants`: puts one bug after the other into a copy of the project, and demands that the property that is named
 * for it fails. A copy without a bug comes first: what fails there proves nothing.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import PQueue from 'p-queue'
import { MUTANTS } from './mutants/all.ts'
import { type Mutant, mutate } from './mutants/mutant.ts'
import { tryMutant } from './mutants/try-mutant.ts'

const ROOT = join(import.meta.dirname, '..')
const AT_ONCE = 2

const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

type Verdict = { ok: boolean; columns: string[] }

async function judgeControl(property: string): Promise<Verdict> {
  const found = await tryMutant(null, property)
  if (typeof found === 'string') return { ok: false, columns: ['no bug', property, oneLine(found)] }
  const { failure, runs, seconds } = found
  const columns = [
    'no bug',
    property,
    failure === null ? 'holds' : 'FAILS',
    `${runs}`,
    '',
    seconds.toFixed(1),
  ]
  return { ok: failure === null, columns }
}

async function judgeMutant(mutant: Mutant): Promise<Verdict> {
  const { bug, caughtBy } = mutant
  const found = await tryMutant(mutant, caughtBy)
  if (typeof found === 'string') return { ok: false, columns: [bug, caughtBy, oneLine(found)] }
  const { failure, runs, seconds } = found
  const caught = failure === null ? 'SURVIVES' : 'caught'
  const commands = `${failure?.commands ?? ''}`
  return { ok: failure !== null, columns: [bug, caughtBy, caught, `${runs}`, commands, seconds.toFixed(1)] }
}

const WIDTHS = [52, 22, 10, 8, 10, 8]
const print = (columns: string[]): void => {
  const cells = columns.map((text, at) => (at < 3 ? text.padEnd(WIDTHS[at]!) : text.padStart(WIDTHS[at]!)))
  process.stdout.write(`${cells.join('').trimEnd()}\n`)
}

// Before anything runs: where the code went on without a mutant, there is nothing to be caught.
for (const mutant of MUTANTS) mutate(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)

const queue = new PQueue({ concurrency: AT_ONCE })
const startedAt = performance.now()
const properties = [...new Set(MUTANTS.map(({ caughtBy }) => caughtBy))]
print(['bug', 'property', '', 'runs', 'commands', 'seconds'])
const judged = [
  ...properties.map((property) => () => judgeControl(property)),
  ...MUTANTS.map((mutant) => () => judgeMutant(mutant)),
].map((judge) =>
  queue.add(async () => {
    const verdict = await judge()
    print(verdict.columns)
    return verdict.ok
  }),
)
const oks = await Promise.all(judged)
const caught = oks.slice(properties.length).filter((ok) => ok).length
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
process.stdout.write(`${caught} of ${MUTANTS.length} bugs caught, in ${seconds} s\n`)
process.exitCode = oks.every((ok) => ok) ? 0 : 1
