/**
 * Whether what an event says is of the kind that docs/protocol.md gives it: a text, a number, a time. What is not there is
 * not missed, and what is not known passes: a log may be of another version. Nor does time have to go on: clocks are set.
 */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** What a value is not, in words. */
type Shape = { is(value: unknown): boolean; text: string }

const text: Shape = { is: (value) => typeof value === 'string', text: 'no text' }
const number: Shape = { is: Number.isFinite, text: 'no number' }
const truth: Shape = { is: (value) => typeof value === 'boolean', text: 'neither true nor false' }
const time: Shape = {
  is: (value) => typeof value === 'string' && TIME.test(value) && Number.isFinite(Date.parse(value)),
  text: 'no time',
}
const orNull = ({ is, text }: Shape): Shape => ({ is: (value) => value === null || is(value), text })

const SHAPES = new Map(
  Object.entries({
    ...{ at: time, turn: number, text, by: text, promptId: text, position: number, reason: text },
    ...{ agent: text, model: orNull(text), block: number, toolUseId: text, name: text, isError: truth },
    ...{ approvalId: text, toolName: text, description: text, expiresAt: orNull(time), decision: text },
    ...{ message: text, level: text, code: text, error: text, outcome: text },
    ...{ exitCode: orNull(number), signal: orNull(text), survivors: number },
  }),
)

/** Whether a field of an event may be what it is. */
export const isInShape = (field: string, value: unknown): boolean => SHAPES.get(field)?.is(value) ?? true

/** @returns what is wrong, in words; empty when all is well */
export const faultsOf = (event: { [field: string]: unknown }): string[] =>
  Object.entries(event).flatMap(([field, value]) =>
    isInShape(field, value) ? [] : [`${field} is ${SHAPES.get(field)!.text}`],
  )
