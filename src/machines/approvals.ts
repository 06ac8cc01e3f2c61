/**
 * What an agent has asked and nobody has answered: pure functions over the list of it. Who may answer, and when, is the
 * session machine's to decide; how the agent is told is its adapter's.
 */
import type { Answer, Approval, OutputRecord, Resolution } from './events.ts'

/** An approval before the log gave it its deadline. */
export type Asked = Omit<Approval, 'expiresAt'>

/** An agent that asks for more at once has gone wrong. All of it is stored with every commit, and shown. */
const ASKED_MAX = 100
const ASKED_CHARS_MAX = 8 * 2 ** 20

const deny = (approvalId: string, by: string, message: string): Resolution => ({
  ...{ approvalId, decision: 'deny', by, message },
})
export const denyLate = ({ approvalId }: Asked): Resolution =>
  deny(approvalId, 'deadline', 'Nobody answered before the deadline: it is denied.')
export const denyCancelled = ({ approvalId }: Asked): Resolution =>
  deny(approvalId, 'cancel', 'The turn was cancelled.')
export const denyEnded = ({ approvalId }: Asked): Resolution =>
  deny(approvalId, 'server', 'The turn has ended.')
export const denyUnheard = ({ approvalId }: Asked): Resolution =>
  deny(approvalId, 'server', 'The agent cannot be told anything any more.')
const denyTooMany = ({ approvalId }: Asked): Resolution =>
  deny(approvalId, 'server', 'Too much waits for an answer already: it is denied.')

export const resolvedRecord = (resolution: Resolution): OutputRecord => ({
  kind: 'approval_resolved',
  ...resolution,
})

export const findAsked = (open: readonly Asked[], approvalId: string): Asked | undefined =>
  open.find((asked) => asked.approvalId === approvalId)

export const without = (open: readonly Asked[], approvalId: string): Asked[] =>
  open.filter((asked) => asked.approvalId !== approvalId)

export type Refuse = (asked: Asked) => Resolution

/** What came of an agent's records: which of them count, and what the agent is to be told at once. */
export type Taken = {
  records: OutputRecord[]
  open: Asked[]
  /** Asked for the first time, and open. */
  fresh: Asked[]
  /** Taken back by the agent. */
  withdrawn: string[]
  refused: { asked: Asked; answer: Answer }[]
}

/**
 * @param refuse how whatever is asked now is denied, without the agent being told: it is being stopped; null when it is not
 * @returns null when the records are about no approval, as nearly all are
 */
export function takeRecords(
  before: readonly Asked[],
  said: readonly OutputRecord[],
  refuse: Refuse | null,
): Taken | null {
  if (!said.some(({ kind }) => kind === 'approval' || kind === 'approval_resolved')) return null
  const taken: Taken = { records: [], open: [...before], fresh: [], withdrawn: [], refused: [] }
  for (const record of said) {
    if (record.kind === 'approval') ask(taken, record, refuse)
    else if (record.kind === 'approval_resolved') withdraw(taken, record)
    else taken.records.push(record)
  }
  return taken
}

function ask(taken: Taken, record: OutputRecord & { kind: 'approval' }, refuse: Refuse | null): void {
  const { kind, expiresAt, ...asked } = record
  // An agent that asks twice under one name has one question.
  if (findAsked(taken.open, asked.approvalId)) return
  taken.records.push(record)
  if (refuse) {
    taken.records.push(resolvedRecord(refuse(asked)))
  } else if (isTooMuch([...taken.open, asked])) {
    const answer = denyTooMany(asked)
    taken.records.push(resolvedRecord(answer))
    taken.refused.push({ asked, answer })
  } else {
    taken.open.push(asked)
    taken.fresh.push(asked)
  }
}

const isTooMuch = (open: readonly Asked[]): boolean =>
  open.length > ASKED_MAX || JSON.stringify(open).length > ASKED_CHARS_MAX

function withdraw(taken: Taken, record: OutputRecord & { kind: 'approval_resolved' }): void {
  const { approvalId } = record
  // Somebody was faster, or it never asked.
  if (!findAsked(taken.open, approvalId)) return
  taken.records.push(record)
  taken.open = without(taken.open, approvalId)
  taken.fresh = without(taken.fresh, approvalId)
  taken.withdrawn.push(approvalId)
}
