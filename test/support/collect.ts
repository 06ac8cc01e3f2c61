/** Has what nobody holds collected. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Until what nobody holds has gone, and its registries have been told. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await nextTurn()
    collect()
  }
}
