/** Every row of `npm run chaos`, in the order in which they run. */
import type { Row } from './row.ts'
import { claudeKills } from './rows/claude-kills.ts'
import { descendants } from './rows/descendants.ts'
import { diskFull } from './rows/disk-full.ts'
import { failPoints } from './rows/fail-points.ts'
import { gibLine } from './rows/gib-line.ts'
import { pidWrap } from './rows/pid-wrap.ts'
import { randomKills } from './rows/random-kills.ts'
import { tornWal } from './rows/torn-wal.ts'

export const ROWS: readonly Row[] = [
  // One a line.
  randomKills,
  failPoints,
  claudeKills,
  descendants,
  pidWrap,
  diskFull,
  tornWal,
  gibLine,
]
