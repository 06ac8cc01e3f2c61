/** What all views of the inspector share: the client, and the log that was opened from a file. */
import { createStore } from '@xstate/store'
import type { Client } from '../../../client/index.ts'
import type { LogFile } from '../log/read-file.ts'

export type InspectorPage = ReturnType<typeof createInspectorPage>

/** @param options.base the path in front of the server's routes, without a slash at its end */
export function createInspectorPage({ base, client }: { base: string; client: Client }) {
  const store = createStore({
    context: { file: null as LogFile | null },
    on: { opened: (_, { file }: { file: LogFile }) => ({ file }) },
  })
  return { base, client, store }
}
