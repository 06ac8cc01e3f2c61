import { describe, expect, it } from 'vitest'
import type { Event, Writing } from '../../../src/client/index.ts'
import type { EndRow, Row, ToolRow } from '../../../src/web/transcript/row.ts'
import { createRows } from '../../../src/web/transcript/rows.ts'
import { eventsOf, longLog, type Said } from './events.ts'

const show = (events: readonly Event[], agent = 'claude'): readonly Row[] =>
  createRows()({ events, writing: [], agent }).rows
/** Without the day that all begin with. */
const rowsOf = (...said: Said[]): readonly Row[] => show(eventsOf(said)).slice(1)
const toolOf = (row: Row | undefined): ToolRow => {
  if (row?.type !== 'tool') throw new Error(`not a tool: ${JSON.stringify(row)}`)
  return row
}

const use = (toolUseId: string, more: object = {}): Said => ({
  ...{ kind: 'tool_use', toolUseId, name: 'Bash', input: { command: 'df' } },
  ...more,
})
const result = (toolUseId: string, more: object = {}): Said => ({
  ...{ kind: 'tool_result', toolUseId, text: 'full', isError: false, bytes: 4 },
  ...more,
})
const asked = (approvalId: string, toolUseId: string): Said => ({
  ...{ kind: 'approval', approvalId, toolUseId, toolName: 'Bash', input: { command: 'df' } },
  ...{ description: 'Look', suggestions: [] },
})
const resolved = (approvalId: string, more: object = {}): Said => ({
  ...{ kind: 'approval_resolved', approvalId, decision: 'allow', by: 'phone', message: '' },
  ...more,
})
const end: Said = { kind: 'turn_end', outcome: 'completed', exitCode: 0, signal: null, survivors: 0 }

describe('rows', () => {
  it('are the same in whatever batches the events come', () => {
    const events = longLog(600)
    const whole = show(events)
    for (const size of [1, 7, 100]) {
      const readRows = createRows()
      let rows: readonly Row[] = []
      for (let until = 0; until < events.length + size; until += size)
        rows = readRows({ events: events.slice(0, until), writing: [], agent: 'claude' }).rows
      expect(rows).toEqual(whole)
    }
  })

  it('are the same when what is older comes later', () => {
    const events = longLog(600)
    const readRows = createRows()
    for (const from of [500, 300, 100, 0])
      readRows({ events: events.slice(from), writing: [], agent: 'claude' })
    expect(readRows({ events, writing: [], agent: 'claude' }).rows).toEqual(show(events))
  })

  it('stay the same objects when nothing of them changes', () => {
    const events = longLog(600)
    const readRows = createRows()
    const before = [...readRows({ events: events.slice(0, 599), writing: [], agent: 'claude' }).rows]
    const after = readRows({ events, writing: [], agent: 'claude' }).rows
    const changed = before.filter((row, index) => after[index] !== row)
    expect(changed.length).toBeLessThanOrEqual(1)
  })

  it('say how many came in front, and only then', () => {
    const events = longLog(100)
    const readRows = createRows()
    const first = readRows({ events: events.slice(50), writing: [], agent: 'claude' })
    expect(first.added).toBe(0)
    const count = first.rows.length
    const whole = readRows({ events, writing: [], agent: 'claude' })
    expect(whole.added).toBe(whole.rows.length - count)
    expect(readRows({ events, writing: [], agent: 'claude' }).added).toBe(0)
  })

  it('begin anew when the log is another one', () => {
    const readRows = createRows()
    readRows({ events: longLog(100), writing: [], agent: 'claude' })
    const other = eventsOf([{ kind: 'user', text: 'hello' }])
    expect(readRows({ events: other, writing: [], agent: 'claude' })).toEqual({ rows: show(other), added: 0 })
  })

  it('have each key once', () => {
    const keys = show(longLog(600)).map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('what is being written', () => {
  const events = eventsOf([{ kind: 'user', text: 'hello' }])
  const part = { turn: 1, block: 3, kind: 'text' as const, text: 'Let' }

  it('stands at the end, and becomes the finished block under its key', () => {
    const readRows = createRows()
    const written = readRows({ events, writing: [part], agent: 'claude' }).rows.at(-1)!
    expect(written).toMatchObject({ type: 'text', text: 'Let', isWriting: true })
    const said = eventsOf([
      { kind: 'user', text: 'hello' },
      { kind: 'text', text: 'Let me', block: 3 },
    ])
    const rows = readRows({ events: [events[0]!, said[1]!], writing: [], agent: 'claude' }).rows
    expect(rows).toHaveLength(3)
    expect(rows.at(-1)).toMatchObject({ key: written.key, text: 'Let me', isWriting: false })
  })

  it('of a subagent stands in the card of its tool, and stays there when it is finished', () => {
    const readRows = createRows()
    const said = eventsOf([
      { kind: 'user', text: 'hello' },
      use('task'),
      { kind: 'text', text: 'Let me', block: 3, parent: 'task' },
    ])
    const asked = said.slice(0, 2)
    const inside = (writing: Writing, events = asked) => {
      const { rows } = readRows({ events, writing, agent: 'claude' })
      expect(rows.map(({ type }) => type)).toEqual(['day', 'prompt', 'tool'])
      const { inside, insideCount } = rows.at(-1) as ToolRow
      expect(inside).toHaveLength(insideCount)
      return [...inside]
    }
    const one = inside([{ ...part, parent: 'task' }])
    expect(one).toMatchObject([{ text: 'Let', isWriting: true }])
    expect(inside([{ ...part, parent: 'task', text: 'Let me' }])).toMatchObject([{ text: 'Let me' }])
    expect(inside([], said)).toMatchObject([{ key: one[0]!.key, text: 'Let me', isWriting: false }])
    const unknown = readRows({ events: said, writing: [{ ...part, parent: 'other' }], agent: 'claude' }).rows
    expect(unknown.at(-1)).toMatchObject({ type: 'text', isWriting: true })
  })

  it('stays behind what comes meanwhile', () => {
    const readRows = createRows()
    readRows({ events, writing: [part], agent: 'claude' })
    const more = [...events, ...eventsOf([{ kind: 'user', text: 'x' }, use('a')]).slice(1)]
    const rows = readRows({ events: more, writing: [part], agent: 'claude' }).rows
    expect(rows.map(({ type }) => type)).toEqual(['day', 'prompt', 'tool', 'text'])
  })

  it('is the same object while nothing is added to it', () => {
    const readRows = createRows()
    const before = readRows({ events, writing: [part], agent: 'claude' }).rows.at(-1)
    expect(readRows({ events, writing: [{ ...part }], agent: 'claude' }).rows.at(-1)).toBe(before)
  })
})

describe('a tool', () => {
  it('is one row with its result', () => {
    const [row, ...rest] = rowsOf(use('a'), result('a'))
    expect(rest).toEqual([])
    expect(row).toMatchObject({ state: 'done', use: { name: 'Bash' }, result: { text: 'full' } })
  })

  it('has failed when its result says so', () => {
    expect(rowsOf(use('a'), result('a', { isError: true }))[0]).toMatchObject({ state: 'failed' })
  })

  it('waits for an operator, and says who has allowed it', () => {
    expect(rowsOf(use('a'), asked('q', 'a'))[0]).toMatchObject({ state: 'asked', description: 'Look' })
    const [row] = rowsOf(use('a'), asked('q', 'a'), resolved('q'))
    expect(row).toMatchObject({ state: 'running', resolution: { by: 'phone', decision: 'allow' } })
  })

  it('shows what an operator made of its input', () => {
    const changed = resolved('q', { updatedInput: { command: 'df -h' } })
    expect(toolOf(rowsOf(use('a'), asked('q', 'a'), changed)[0]).use!.input).toEqual({ command: 'df -h' })
  })

  it('stays denied whatever its result says', () => {
    const rows = rowsOf(
      use('a'),
      asked('q', 'a'),
      resolved('q', { decision: 'deny' }),
      result('a', { isError: true }),
    )
    expect(rows[0]).toMatchObject({ state: 'denied' })
  })

  it('that is asked for without a use has a row all the same', () => {
    expect(rowsOf(asked('q', 'a'))).toMatchObject([{ type: 'tool', state: 'asked', use: { name: 'Bash' } }])
  })

  it('whose use lies before what is here shows its result', () => {
    expect(rowsOf(result('a'))).toMatchObject([{ use: null, state: 'done', result: { text: 'full' } }])
  })

  it('whose approval lies before what is here leaves a line', () => {
    expect(rowsOf(resolved('q'))).toMatchObject([{ type: 'line', text: 'phone · allow' }])
  })

  it('without a result did not finish when its turn is over', () => {
    expect(rowsOf(use('a'), end)[0]).toMatchObject({ state: 'unfinished' })
    expect(rowsOf(use('a'), result('a'), end)[0]).toMatchObject({ state: 'done' })
  })

  it('has what its subagents do inside, however deep', () => {
    const rows = rowsOf(
      use('task'),
      use('b', { parent: 'task' }),
      result('b', { parent: 'task' }),
      use('inner', { parent: 'task' }),
      { kind: 'text', text: 'deep', block: 0, parent: 'inner' },
      { kind: 'text', text: 'top', block: 1 },
    )
    expect(rows.map(({ type }) => type)).toEqual(['tool', 'text'])
    const task = toolOf(rows[0])
    expect(task.inside.map(({ type }) => type)).toEqual(['tool', 'tool'])
    expect(toolOf(task.inside[1]).inside).toMatchObject([{ type: 'text', text: 'deep' }])
  })

  it('is another object when something happens deep inside', () => {
    const said = [use('task'), use('inner', { parent: 'task' })]
    const events = eventsOf([...said, { kind: 'text', text: 'deep', block: 0, parent: 'inner' }])
    const readRows = createRows()
    const before = readRows({ events: events.slice(0, 2), writing: [], agent: 'claude' }).rows[1]
    expect(readRows({ events, writing: [], agent: 'claude' }).rows[1]).not.toBe(before)
  })

  it('whose subagent works on from before what is here has a row for it', () => {
    expect(rowsOf({ kind: 'text', text: 'on', block: 0, parent: 'task' })).toMatchObject([
      { type: 'tool', use: null, inside: [{ text: 'on' }] },
    ])
  })
})

describe('the end of a turn', () => {
  const summary = (costUsd: number, more: object = {}): Said => ({
    ...{ kind: 'result', isError: false, text: 'ok', costUsd, durationMs: 1 },
    ...{ usage: { inputTokens: 10, outputTokens: 5 } },
    ...more,
  })

  it('sums up what the turn has cost', () => {
    const rows = rowsOf(
      { kind: 'user', text: 'x' },
      { kind: 'text', text: 'y', block: 0 },
      summary(1),
      summary(2),
      end,
    )
    expect((rows.at(-1) as EndRow).usage).toEqual({ inputTokens: 20, outputTokens: 10, costUsd: 3 })
  })

  it('knows no cost of an agent that told none', () => {
    expect((rowsOf({ kind: 'user', text: 'x' }, end).at(-1) as EndRow).usage).toBeNull()
  })

  it('comes behind the answer of an agent that had nothing else to say', () => {
    expect(rowsOf({ kind: 'user', text: '/cost' }, summary(0), end)).toMatchObject([
      {},
      { type: 'text', text: 'ok' },
      {},
    ])
    const spoken = rowsOf(
      { kind: 'user', text: 'x' },
      { kind: 'text', text: 'ok', block: 0 },
      summary(0),
      end,
    )
    expect(spoken.map(({ type }) => type)).toEqual(['prompt', 'text', 'end'])
  })
})

describe('around the words', () => {
  it('a notice that is said again and again is one row', () => {
    const retry = (n: number): Said => ({
      kind: 'notice',
      level: 'warn',
      code: 'api_retry',
      text: `try ${n}`,
    })
    expect(rowsOf(retry(1), retry(2), retry(3))).toMatchObject([{ text: 'try 3', count: 3 }])
  })

  it('what a subagent was asked is not said twice', () => {
    const prompt = {
      kind: 'notice',
      level: 'info',
      code: 'subagent_prompt',
      text: 'p',
      parent: 'task',
    } as const
    expect(toolOf(rowsOf(use('task'), prompt)[0]).inside).toEqual([])
  })

  it('prompts that wait are no rows, unless somebody took them away', () => {
    const queued: Said = { kind: 'queued', promptId: 'p', text: 'later', position: 1 }
    expect(rowsOf(queued, { kind: 'dequeued', promptId: 'p', reason: 'started' })).toEqual([])
    expect(rowsOf(queued, { kind: 'dequeued', promptId: 'p', reason: 'removed' })).toMatchObject([
      { type: 'line', code: 'removed', text: 'later' },
    ])
  })

  it('each day has a row', () => {
    const events = eventsOf([{ kind: 'user', text: 'a' }, end, { kind: 'user', text: 'b' }, end])
    const later = events.map((event, i) => (i < 2 ? event : { ...event, at: '2026-01-03T12:00:00.000Z' }))
    expect(show(later).map(({ type }) => type)).toEqual(['day', 'prompt', 'end', 'day', 'prompt', 'end'])
  })

  it('what a shell prints goes on in one row, until that is long', () => {
    const printed = (text: string, block: number): Said => ({ kind: 'text', text, block })
    const rows = show(
      eventsOf([printed('a\n', 0), printed('b\n', 1), printed('x'.repeat(5_000), 2), printed('c', 3)]),
      'shell',
    )
    expect(rows.slice(1)).toMatchObject([
      { type: 'output', text: `a\nb\n${'x'.repeat(5_000)}` },
      { text: 'c' },
    ])
  })

  it('a prompt for a shell is a script', () => {
    expect(
      rowsOf({ kind: 'user', text: 'df' }, { kind: 'turn_start', agent: 'shell', model: null }),
    ).toMatchObject([{ isScript: true }])
  })
})
