/** What is said of runs: how a failure can be had again and where it is kept, and what was done without one. */
import type { Failure, Running } from './running.ts'

export function describeFailure({ property, seed, path, runs, counterexample, error }: Failure): string {
  return [
    `${property} does not hold: run ${runs} of seed ${seed}, path ${path}`,
    `counterexample: ${counterexample}`,
    error,
    `again: npm run fuzz -- --property ${property} --seed ${seed} --path ${path}`,
    `to keep it: property-tests/regressions/${property}-${seed}.json`,
    JSON.stringify({ property, seed, path }),
  ].join('\n')
}

/** One line for each property, and one for what it saw. */
export function describeRunning({ property, runs, seconds, tally, unseen }: Running): string {
  const { commands, faults, sights } = tally
  const counts = [
    `${runs} runs`,
    ...(commands > 0 ? [`${commands} commands`] : []),
    ...(faults > 0 ? [`${faults} faults`] : []),
    `${seconds.toFixed(1)} s`,
  ]
  const seen = Object.entries(sights).map(([sight, times]) => `${sight} ${times}`)
  const missed = unseen()
  return [
    `${property.name}: ${counts.join(', ')}`,
    ...(seen.length > 0 ? [`  seen: ${seen.join(', ')}`] : []),
    ...(missed.length > 0 ? [`  never seen: ${missed.join(', ')}`] : []),
  ].join('\n')
}

export function describeAll(all: readonly Running[]): string {
  const sum = (count: (running: Running) => number): number => all.reduce((sum, one) => sum + count(one), 0)
  const counts = [
    `${sum(({ runs }) => runs)} runs`,
    `${sum(({ tally }) => tally.commands)} commands`,
    `${sum(({ tally }) => tally.faults)} faults`,
  ]
  return `in all: ${counts.join(', ')}, ${sum(({ seconds }) => seconds).toFixed(0)} s`
}
