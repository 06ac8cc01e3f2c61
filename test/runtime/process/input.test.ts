import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thisMachine } from '../../../src/runtime/process/host.ts'
import { createInput, type InputDeps, type Unsaid } from '../../../src/runtime/process/input.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'

/** An `in` file with a prompt in it, and a store that is asked what it holds. */
function openInput(before: Unsaid | null = null, deps: Partial<InputDeps> = {}) {
  const dir = tempDir()
  const file = join(dir, 'in')
  writeFileSync(file, 'prompt\n')
  const recorded: (Unsaid | null)[] = []
  const faults: unknown[] = []
  let isDetached = false
  const input = createInput(
    {
      host: thisMachine,
      ...{ runDir: () => dir, retryMs: 1, isDetached: () => isDetached, failPoint: () => {} },
      record: () => void recorded.push(input.unsaid),
      durable: async () => {},
      onFault: (error) => void faults.push(error),
      ...deps,
    },
    before,
  )
  return {
    ...{ input, file, recorded, faults },
    text: () => readFileSync(file, 'utf8'),
    detach(): void {
      isDetached = true
    },
  }
}

test('what is said is on record with its place before it is in the file', async () => {
  let store = (): void => {}
  const opened = openInput(null, {
    durable: () => new Promise((resolve) => (store = resolve)),
  })
  opened.input.say('yes\n')
  expect(opened.recorded).toEqual([{ at: 7, text: 'yes\n' }])
  await Promise.resolve()
  expect(opened.text()).toBe('prompt\n')
  store()
  await until(() => expect(opened.text()).toBe('prompt\nyes\n'))
  expect(opened.input.unsaid).toBeNull()
})

test('what the log hears of only when the step is over is waited for as well', async () => {
  let isStored = true
  let store = (): void => {}
  const opened = openInput(null, {
    durable: () => (isStored ? Promise.resolve() : new Promise((resolve) => (store = resolve))),
  })
  opened.input.say('yes\n')
  // As a machine that is in the middle of a transition passes it on.
  isStored = false
  await new Promise(setImmediate)
  expect(opened.text()).toBe('prompt\n')
  store()
  await until(() => expect(opened.text()).toBe('prompt\nyes\n'))
})

test('more that is said meanwhile follows it, in order, and once', async () => {
  const { input, text, recorded } = openInput()
  for (const word of ['a\n', 'b\n', 'c\n']) input.say(word)
  expect(recorded.at(-1)).toEqual({ at: 7, text: 'a\nb\nc\n' })
  await until(() => expect(input.unsaid).toBeNull())
  input.say('d\n')
  await until(() => expect(input.unsaid).toBeNull())
  expect(text()).toBe('prompt\na\nb\nc\nd\n')
})

test('what another server left unsaid is said, and what it had said is not doubled', async () => {
  const left = openInput({ at: 7, text: 'yes\n' })
  left.input.resume()
  await until(() => expect(left.input.unsaid).toBeNull())
  expect(left.text()).toBe('prompt\nyes\n')

  for (const there of ['', 'y', 'yes\n', 'yes\nand more\n']) {
    const again = openInput({ at: 7, text: 'yes\n' })
    writeFileSync(again.file, `prompt\n${there}`)
    again.input.resume()
    await until(() => expect(again.input.unsaid).toBeNull())
    expect(again.text()).toBe(there.length > 4 ? `prompt\n${there}` : 'prompt\nyes\n')
  }
})

test('what is said right behind a look that found nothing is said as well', async () => {
  const { input, text } = openInput()
  input.resume()
  input.say('yes\n')
  await until(() => expect(text()).toBe('prompt\nyes\n'))
})

test('what comes before the rest is said goes behind it', async () => {
  const { input, text } = openInput({ at: 7, text: 'one\n' })
  input.say('two\n')
  await until(() => expect(input.unsaid).toBeNull())
  expect(text()).toBe('prompt\none\ntwo\n')
})

test('nothing is said to an agent that is being stopped, nor by a server that has let go of it', async () => {
  for (const stop of ['drop', 'detach'] as const) {
    let store = (): void => {}
    const opened = openInput(null, { durable: () => new Promise((resolve) => (store = resolve)) })
    opened.input.say('yes\n')
    if (stop === 'drop') opened.input.drop()
    else opened.detach()
    store()
    await new Promise(setImmediate)
    expect(opened.text(), stop).toBe('prompt\n')
  }
})

test('what cannot be stored or written is tried again until it can, and said once', async () => {
  let failures = 3
  const { input, text, faults } = openInput(null, {
    async durable() {
      if (failures-- > 0) throw new Error('no room')
    },
  })
  input.say('yes\n')
  await until(() => expect(input.unsaid).toBeNull())
  expect(text()).toBe('prompt\nyes\n')
  expect(faults).toHaveLength(1)
})
