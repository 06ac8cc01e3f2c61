/** Before and after all tests: what they leave behind fails the run. */
import { clearRunDir, makeRunDir } from './run-dir.ts'

export default function setup(): () => Promise<void> {
  const dir = makeRunDir()
  return async () => {
    const left = await clearRunDir(dir)
    if (left.length > 0) throw new Error(`the tests left behind:\n${left.join('\n')}`)
  }
}
