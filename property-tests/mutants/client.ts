/** Bugs in the client, and in what an operator is told. */
import type { Mutant } from './mutant.ts'

const CURSOR = 'src/client/cursor.ts'

export const CLIENT: readonly Mutant[] = [
  {
    ...{ bug: 'a client that takes an event twice', file: CURSOR, caughtBy: 'attach-cut' },
    old: 'if (id <= lastEventId) return false',
    new: 'if (id < lastEventId) return false',
  },
  {
    ...{ bug: 'a client that does not mind a gap', file: CURSOR, caughtBy: 'attach-anything' },
    old: 'if (id > lastEventId + 1) {',
    new: 'if (id > lastEventId + 2) {',
  },
  {
    ...{ bug: 'a reset that leaves the cursor where it was', file: CURSOR, caughtBy: 'attach-anything' },
    old: 'lastEventId = -1\n',
    new: '',
  },
  {
    bug: 'a character that is lost between two chunks',
    ...{ file: 'src/client/frames.ts', caughtBy: 'client-frames' },
    old: 'decoder.decode(value, { stream: true })',
    new: 'decoder.decode(value)',
  },
  {
    bug: 'a setting that is refused in several lines',
    ...{ file: 'src/cli/settings-table.ts', caughtBy: 'settings-read' },
    old: "super(message.replace(/\\s+/g, ' '))",
    new: 'super(message)',
  },
]
