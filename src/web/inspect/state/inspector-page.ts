/** What all views of the inspector share: the client, and the log that was opened from a file, or why it was not. */
import { createStore } from '@xstate/store'
import type { Client } from '../../../client/index.ts'
import type { LogFile } from '../log/read-file.ts'

export type InspectorPage = ReturnType<typeof createInspectorPage>

/** @param options.base the path in front of the server's routes, without a slash at its end */
export function createInspectorPage({ base, client }: { base: string; client: Client }) {
  const store = createStore({
    context: { file: null as LogFile | null, problem: '', filesOpened: 0 },
    on: {
      opened: ({ filesOpened }, { file }: { file: LogFile }) => ({
        ...{ file, problem: '', filesOpened: filesOpened + 1 },
      }),
      // What was seen of the file before would be taken for what is seen of this one.
      refused: (context, { problem }: { problem: string }) => ({ ...context, file: null, problem }),
    },
  })
  return { base, client, store }
}
