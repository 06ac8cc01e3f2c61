/** Holds an agent back until what is measured begins: to start a turn is another thing than to send what it says. */
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Script, Topic } from './contestant.ts'

const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-gates-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
let gates = 0

/** Begins a turn. Fulfilled when its agent is there and waits. @returns how to let it go */
export async function beginTurn({ prompt }: Pick<Topic, 'prompt'>, script: Script): Promise<() => void> {
  const gate = join(dir, String(gates++))
  const [ready, go] = [`${gate}.ready`, `${gate}.go`]
  const isReady = new Promise<void>((resolve) => {
    const watcher = watch(dir, () => {
      if (!existsSync(ready)) return
      watcher.close()
      resolve()
    })
  })
  await prompt(JSON.stringify({ ready, go, ...script }))
  await isReady
  return () => writeFileSync(go, '')
}
