/** What the runs of a world come to see, over all of them: a property that never gets there says nothing. */

export type Sights = Record<(typeof SIGHTS)[number], number>

const SIGHTS = [
  'turns',
  'crash',
  'crash between append and acknowledgement',
  'commit in flight lost',
  'commit in flight kept',
  'adopted turn',
  'adopted while cancelling',
  'commit failed',
  'disk full',
  'cancel during spawn',
  'cancel in the tick of exit',
  'timeout while cancelling',
  'timeout',
  'SIGKILL used',
  'start failed',
  'waited for a slot',
  'prompt queued',
  'prompt started from the queue',
  'prompt edited',
  'prompt edited in the tick it starts',
  'prompt removed',
  'queue resumed',
  'approval answered',
  'approval answered after a restart',
  'approval answered too late',
  'approval that nobody answered',
  'two prompts in a tick',
  'request doubled',
  'request lost',
  'key sent again',
  'key with another body',
  'stream cut',
  'stream cut in a frame',
  'attached at the head',
  'attached at the edge of the tail',
  'attached below the tail',
  'attached beyond the head',
  'reader slow',
  'slow reader dropped',
  'partial shown',
  'block taken back',
] as const

/** What was done to a run on purpose, of all that was seen. */
export const FAULTS: ReadonlySet<keyof Sights> = new Set([
  ...(['crash', 'commit failed', 'disk full', 'start failed'] as const),
  ...(['request doubled', 'stream cut', 'reader slow'] as const),
])

export const createSights = (): Sights => Object.fromEntries(SIGHTS.map((sight) => [sight, 0])) as Sights
