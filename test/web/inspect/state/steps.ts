/** Steps of an inspection, as few words as they need. */
import type { Step } from '../../../../src/client/index.ts'

export const step = (seq: number, fields: Partial<Step> & Pick<Step, 'to'>): Step => ({
  ...{ seq, at: new Date(Date.UTC(2026, 0, 1) + seq * 1_000).toISOString(), turn: 1, from: 'outside' },
  ...{
    event: { type: 'X' },
    before: [],
    after: [],
    taken: [],
    actions: [],
    changes: [],
    timers: [],
    eventId: seq,
  },
  ...fields,
})
