import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { leftoverNotices, overflowText, unreadNotice } from '../../../src/runtime/process/port-notices.ts'
import { until } from '../../support/until.ts'
import { own } from './turn.ts'

const nobody = { alive: [], orphans: [] }
const left = (count: number) => Array.from({ length: count }, (_, index) => ({ pid: 2 ** 22 + 1 + index }))

const startSleep = async (...args: string[]) => {
  const child = spawn('sleep', args, { stdio: 'ignore' })
  await once(child, 'spawn')
  own(child.pid!)
  return { pid: child.pid! }
}

test('nothing is said of nothing', () => {
  expect(leftoverNotices(nobody, 'left_behind')).toEqual([])
  expect(leftoverNotices(nobody, 'survivors')).toEqual([])
})

test('what is left is named by its command line and its pid', async () => {
  const [one, other] = [await startSleep('600'), await startSleep('601')]
  const text = `The turn leaves behind: sleep 600 (${one.pid}), sleep 601 (${other.pid})`
  // `spawn` is told before the child has become its program.
  await until(() =>
    expect(leftoverNotices({ alive: [one, other], orphans: [] }, 'left_behind')).toEqual([
      { kind: 'notice', level: 'warn', code: 'left_behind', text },
    ]),
  )
})

test('what is the turn’s and what could be are told in two notices', () => {
  const both = leftoverNotices({ alive: left(1), orphans: left(2) }, 'survivors')
  expect(both).toMatchObject([
    { code: 'survivors', text: expect.stringMatching(/^Not even SIGKILL ended: unknown \(\d+\)$/) },
    { code: 'maybe_left_behind', text: expect.stringMatching(/could be its own: unknown .*, unknown /) },
  ])
  expect(leftoverNotices({ alive: [], orphans: left(1) }, 'left_behind')).toMatchObject([
    { code: 'maybe_left_behind' },
  ])
})

test('ten are named, and of the others how many they are', () => {
  const textOf = (count: number) => {
    const [notice] = leftoverNotices({ alive: left(count), orphans: [] }, 'left_behind')
    return notice?.kind === 'notice' ? notice.text : ''
  }
  expect(textOf(10).match(/unknown/g)).toHaveLength(10)
  expect(textOf(10)).not.toContain('more')
  expect(textOf(11).match(/unknown/g)).toHaveLength(10)
  expect(textOf(11)).toMatch(/, and 1 more$/)
  expect(textOf(300)).toMatch(/, and 290 more$/)
})

test('a name is short and plain, whatever a process calls itself', async () => {
  const child = spawn('sleep', ['600'], { stdio: 'ignore', argv0: `\u001b[31m🚒\n${'x'.repeat(500)}` })
  await once(child, 'spawn')
  own(child.pid!)
  await until(() => {
    const [notice] = leftoverNotices({ alive: [{ pid: child.pid! }], orphans: [] }, 'left_behind')
    const { text } = notice as { text: string }
    expect(text).toContain('?[31m🚒?xxx')
    expect(text.length).toBeLessThan(150)
    expect(text).toMatch(new RegExp(`x…? \\(${child.pid}\\)$`))
    expect(text.isWellFormed()).toBe(true)
  })
})

test('how much is too much is told in MiB, and what was not read in bytes', () => {
  expect(overflowText(65.9 * 2 ** 20, 64 * 2 ** 20)).toBe(
    'the agent has said 65 MiB, and 64 MiB is the limit',
  )
  expect(unreadNotice(12)).toMatchObject({ level: 'warn', code: 'output_unread', text: /12 bytes/ })
})
