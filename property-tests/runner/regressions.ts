/** Counterexamples that are kept: a file each, tried before anything random is. */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Failure } from './running.ts'

export type Regression = Pick<Failure, 'property' | 'seed' | 'path'>

const REGRESSIONS_DIR = join(import.meta.dirname, '../regressions')

export const readRegressions = (dir = REGRESSIONS_DIR): (Regression & { file: string })[] =>
  globSync('*.json', { cwd: dir })
    .sort()
    .map((file) => ({ ...JSON.parse(readFileSync(join(dir, file), 'utf8')), file: basename(file) }))

export const regressionsOf = (property: string, all = readRegressions()): Regression[] =>
  all.filter((regression) => regression.property === property)
