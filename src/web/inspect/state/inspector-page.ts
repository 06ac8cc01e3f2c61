/** What all views of the inspector share: the client, and the log that was opened from a file. */
import { createStore } from '@xstate/store'
import type { Client } from '../../../client/index.ts'
import type { LogFile } from '../log/read-file.ts'

export type InspectorPage = ReturnType<typeof createInspectorPage>

/** @param options.base the path in front of the server's routes, without a slash at its end */
export function createInspectorPage({ base, client }: { base: string; client: Client }) {
  const store = createStore({
    context: { file: null as LogFile | null, filesOpened: 0 },
    on: {
      opened: ({ filesOpened }, { file }: { file: LogFile }) => ({ file, filesOpened: filesOpened + 1 }),
    },
  })
  return { base, client, store }
}
