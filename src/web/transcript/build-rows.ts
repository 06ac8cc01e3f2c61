/**
 * What each event does to the rows of a conversation, one after the other, and where what is being written stands. Events
 * only ever come behind those that came before; whoever has others begins another build.
 */
import type { Event, Writing } from '../../client/index.ts'
import { createBranches } from './branches.ts'
import { callerText } from './caller.ts'
import { createDays } from './days.ts'
import type { LineRow, OutputRow, Row, SaidRow } from './row.ts'
import { createTools } from './tools.ts'
import { createTurnSum } from './turn-sum.ts'

/** A row of a shell's output takes no more once it has so much. */
const OUTPUT_CHARS = 4_000

/** @param sessionAgent null: not known yet */
export function createBuild(sessionAgent: string | null) {
  const rows: Row[] = []
  const branches = createBranches(rows)
  const tools = createTools(branches)
  const sum = createTurnSum()
  const isNewDay = createDays()
  const waiting = new Map<string, string>()
  let agent = sessionAgent
  let keys = new Set<string>()
  let written: { list: Row[]; row: SaidRow }[] = []

  /** A block's key is that of what was written of it; an agent that begins anew counts anew. */
  const blockKey = (event: { turn: number; block: number; id: number }): string => {
    const key = `b${event.turn}.${event.block}`
    if (keys.has(key)) return `e${event.id}`
    keys.add(key)
    return key
  }

  const line = (
    event: Event,
    parent: string | undefined,
    said: Pick<LineRow, 'level' | 'code' | 'text'>,
  ): void => {
    const { list, last } = branches.end(parent)
    const isAgain = last?.type === 'line' && last.code === said.code && event.kind === 'notice'
    if (isAgain)
      branches.replace(
        { list, index: list.length - 1 },
        { ...last, ...said, count: last.count + 1, at: event.at },
      )
    else branches.push(parent, { type: 'line', key: `e${event.id}`, at: event.at, count: 1, ...said })
  }

  const say = (event: Extract<Event, { kind: 'text' | 'thinking' }>): void => {
    if (event.text === '') return
    sum.said()
    const { list, last } = branches.end(event.parent)
    const { at, kind, text, parent } = event
    const key = blockKey(event)
    if (agent === 'shell') {
      if (last?.type === 'output' && last.text.length < OUTPUT_CHARS)
        branches.replace({ list, index: list.length - 1 }, { ...last, text: last.text + text })
      else branches.push(parent, { type: 'output', key, at, text } satisfies OutputRow)
    } else branches.push(parent, { type: kind, key, at, text, isWriting: false } satisfies SaidRow)
  }

  const add = (event: Event): void => {
    const key = `e${event.id}`
    const { at } = event
    if (isNewDay(at)) rows.push({ type: 'day', key: `d${event.id}`, at })
    switch (event.kind) {
      case 'user': {
        keys = new Set()
        sum.begin()
        const { text, by = null, attachments = [] } = event
        rows.push({ type: 'prompt', key, at, text, by, attachments, isScript: agent === 'shell' })
        break
      }
      case 'turn_start': {
        agent = event.agent
        const last = rows.at(-1)
        if (last?.type === 'prompt') rows[rows.length - 1] = { ...last, isScript: agent === 'shell' }
        break
      }
      case 'text':
      case 'thinking':
        say(event)
        break
      case 'tool_use':
        tools.use(event)
        break
      case 'tool_result':
        tools.result(event)
        break
      case 'approval':
        tools.ask(event)
        break
      case 'approval_resolved':
        if (!tools.resolve(event))
          line(event, undefined, {
            level: 'info',
            code: 'resolved',
            text: `${callerText(event.by)} · ${event.decision}`,
          })
        break
      case 'notice':
        // The card that it stands in shows it.
        if (event.code === 'subagent_prompt' && tools.isKnown(event.parent)) break
        line(event, event.parent, event)
        break
      case 'cancelling':
        line(event, undefined, { level: 'info', code: 'stop', text: `Stop, by ${callerText(event.by)}` })
        break
      case 'error':
        rows.push({ type: 'error', key, at, code: event.code, text: event.error })
        break
      case 'result':
        // What the agent answers by itself, without its model, stands here alone.
        if (sum.add(event)) rows.push({ type: 'text', key, at, text: event.text, isWriting: false })
        break
      case 'turn_end': {
        tools.end()
        const { outcome, exitCode, signal, survivors, durationMs = null } = event
        rows.push({
          type: 'end',
          key,
          at,
          outcome,
          exitCode,
          signal,
          survivors,
          durationMs,
          usage: sum.end(),
        })
        break
      }
      case 'queued':
        waiting.set(event.promptId, event.text)
        break
      case 'dequeued': {
        const text = waiting.get(event.promptId) ?? ''
        waiting.delete(event.promptId)
        if (event.reason !== 'started') line(event, undefined, { level: 'info', code: event.reason, text })
        break
      }
      // The hello and the effect of a stop: the turn's end says more.
      case 'agent_ready':
      case 'cancelled':
        break
      default:
        event satisfies never
    }
  }

  return {
    rows,
    add,
    unwrite(): void {
      // The lists go on with what they had.
      for (const { list } of written.toReversed()) branches.pop(list)
    },
    /** Behind everything that was said by the same: where it will stand when it is finished. */
    write(writing: Writing): void {
      const before = new Map(written.map(({ row }) => [row.key, row]))
      written = writing.map(({ turn, block, kind, text, parent }) => {
        const key = `b${turn}.${block}`
        const same = before.get(key)
        const row: SaidRow = same?.text === text ? same : { type: kind, key, at: null, text, isWriting: true }
        // Of a subagent that is not known there is no card to write it in.
        const { list } = branches.push(tools.isKnown(parent) ? parent : undefined, row)
        return { list, row }
      })
    },
  }
}
