/** Where everything of a server lies on disk. Directories are 0700, files 0600. */
import { join } from 'node:path'

export const createDirectories = (dataDir: string) => ({
  data: dataDir,
  sessions: join(dataDir, 'sessions'),
  /** All that belongs to a session and is nobody else's business. */
  session: (id: string) => join(dataDir, 'sessions', id),
  /** What an agent of ours keeps from turn to turn. */
  agentState: (id: string) => join(dataDir, 'sessions', id, 'state'),
  runs: (id: string) => join(dataDir, 'sessions', id, 'runs'),
  /** @param name of one start of one turn, and of no other that there was or will be */
  run: (id: string, name: string) => join(dataDir, 'sessions', id, 'runs', name),
  workspaces: join(dataDir, 'workspaces'),
  workspace: (id: string) => join(dataDir, 'workspaces', id),
})

export type Directories = ReturnType<typeof createDirectories>
