/**
 * What an inspector is shown of an event or a context. Plain JSON, bounded; and of what people and agents say its length
 * alone, unless it was asked for: a string is shown when its field's name says that it is one of ours.
 */

/** Fields that hold words of this program's own, or ids. */
const OURS = new Set([
  ...[
    'type',
    'kind',
    'cause',
    'code',
    'level',
    'outcome',
    'signal',
    'decision',
    'policy',
    'ended',
    'stopped',
  ],
  ...['stop', 'agent', 'model', 'approvalId', 'toolUseId', 'toolName', 'name', 'promptId', 'agentSessionId'],
  ...['by', 'expiresAt', 'actorId'],
])
/** Fields whose very structure is the agent's or the adapter's own. */
const FOREIGN = new Set(['input', 'updatedInput', 'suggestions', 'spool'])

const CHARS_MAX = 2_000
const ITEMS_MAX = 20
const DEPTH_MAX = 8

/** @param bodies whether what people and agents say is shown; what the adapter keeps for itself never is */
export function describe(value: unknown, bodies: boolean, field = '', depth = 0): unknown {
  if (typeof value === 'string') return describeText(value, bodies || OURS.has(field))
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '‹function›' : value
  if (FOREIGN.has(field) && (!bodies || field === 'spool')) return '‹withheld›'
  if (depth >= DEPTH_MAX) return '‹…›'
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_MAX).map((item) => describe(item, bodies, field, depth + 1))
    return value.length > ITEMS_MAX ? [...items, `‹${value.length - ITEMS_MAX} more›`] : items
  }
  if (value instanceof Error) return { name: value.name, message: describeText(value.message, bodies) }
  const fields = Object.entries(value).filter(([, held]) => held !== undefined)
  const more = fields.length > ITEMS_MAX ? [['…', `‹${fields.length - ITEMS_MAX} more›`]] : []
  const shown = fields
    .slice(0, ITEMS_MAX)
    .map(([name, held]) => [name, describe(held, bodies, name, depth + 1)])
  return Object.fromEntries([...shown, ...more])
}

function describeText(text: string, isShown: boolean): string {
  if (!isShown) return `‹${text.length} characters›`
  return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX).toWellFormed()}…` : text
}
