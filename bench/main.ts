/**
 * How fast it is, side by side with what could be: `npm run bench`. It asserts nothing; it prints what it has measured,
 * with the ratios to the baselines of the same run.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startLoad } from './load/load.ts'
import { describeMachine } from './machine.ts'
import { type Measured, measure } from './measure.ts'
import { startOurs } from './ours.ts'
import { writeReadme } from './readme.ts'
import { table } from './table.ts'
import { WORKLOADS } from './workloads/all.ts'

const HELP = `npm run bench -- [--only name[,name…]] [--runs 5] [--sizes 1,10,100] [--short] [--json FILE] [--readme] [--profile DIR]

workloads: ${WORKLOADS.map(({ name }) => name).join(' ')}

--short     small sizes, one run: whether the bench works, not how fast anything is
--sizes     how many times the work; beyond 1 with one run, and our own figures against the floor
--readme    rewrites the table in the README
--profile   servers leave CPU profiles in a directory; what they cost is not what they cost without
`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '1,10,100' },
    short: { type: 'boolean', default: false },
    json: { type: 'string' },
    readme: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function main(): Promise<void> {
  const { short, only } = values
  const names = only?.split(',') ?? WORKLOADS.map(({ name }) => name)
  const unknown = names.filter((name) => !WORKLOADS.some((workload) => workload.name === name))
  if (unknown.length > 0) throw new Error(`there is no workload ${unknown.join(', ')}\n\n${HELP}`)
  const sizes = short ? [1] : values.sizes.split(',').map(Number)
  const runs = short ? 1 : Number(values.runs)

  // Not the first start there ever was.
  await (await startOurs()).close()
  const results: Measured[] = []
  const notDone: string[] = []
  for (const size of sizes)
    for (const workload of WORKLOADS.filter(({ name }) => names.includes(name))) {
      const sides = workload.sides(size, short)
      if ('notDone' in sides) {
        notDone.push(`${workload.title}, ×${size}: ${sides.notDone}`)
        continue
      }
      // One for each, so that none begins with what another left behind.
      const load = await startLoad()
      try {
        const context = { load, short, profileDir: values.profile }
        const limit = size === 1 ? runs : 1
        const most = Math.min(limit, workload.runsMax ?? limit)
        results.push(await measure(workload, sides, { size, runs: most, context, say }))
      } finally {
        await load.stop()
      }
    }
  const machine = describeMachine()
  const report = { machine, results, notDone }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  print(`${machine}\n\n${table(results)}`)
  for (const line of notDone) print(`not done: ${line}`)
  if (values.readme) writeReadme(report)
}

if (values.help) print(HELP)
else await main()
