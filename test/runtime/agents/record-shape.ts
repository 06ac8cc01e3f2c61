/** Whether something is a record that an adapter may give: the right fields, of the right types, and no others. */
import { expect } from 'vitest'
import type { OutputRecord } from '../../../src/machines/events.ts'

type Check = (value: unknown) => boolean
const text: Check = (value) => typeof value === 'string'
const flag: Check = (value) => typeof value === 'boolean'
const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0
const count: Check = (value) => Number.isSafeInteger(value) && amount(value)
const present: Check = (value) => value !== undefined
const texts: Check = (value) => Array.isArray(value) && value.every(text)
const usage: Check = (value) => {
  const { inputTokens, outputTokens, ...rest } = value as Record<string, unknown>
  return amount(inputTokens) && amount(outputTokens) && Object.keys(rest).length === 0
}
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const parent = optional(text)
const block = { text, block: count, parent }
const SHAPES: Record<OutputRecord['kind'], Record<string, Check>> = {
  agent_ready: { agentSessionId: text, model: text, version: optional(text), tools: optional(texts) },
  text: block,
  thinking: block,
  tool_use: { toolUseId: text, name: text, input: present, parent },
  tool_result: { toolUseId: text, text, isError: flag, bytes: count, truncated: optional(flag), parent },
  approval: {
    ...{ approvalId: text, toolUseId: text, toolName: text, input: present, description: text },
    ...{ suggestions: Array.isArray, expiresAt: (value) => value === undefined },
  },
  approval_resolved: {
    ...{ approvalId: text, decision: (value) => value === 'allow' || value === 'deny', by: text },
    ...{
      message: text,
      updatedInput: (value) => value === undefined,
      always: (value) => value === undefined,
    },
  },
  notice: { level: (value) => value === 'info' || value === 'warn', code: text, text, parent },
  result: { isError: flag, text, usage, costUsd: amount, durationMs: amount },
}

export function expectShape(record: OutputRecord): void {
  const { kind, ...fields } = record as OutputRecord & Record<string, unknown>
  const shape = SHAPES[kind]
  expect(shape, `the kind ${kind}`).toBeDefined()
  expect(Object.keys(shape)).toEqual(expect.arrayContaining(Object.keys(fields)))
  const wrong = Object.entries(shape).filter(([name, check]) => !check(fields[name]))
  expect(wrong.map(([name]) => `${kind}.${name} = ${JSON.stringify(fields[name])}`)).toEqual([])
}
