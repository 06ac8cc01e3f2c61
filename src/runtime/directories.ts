/** Where everything of a server lies on disk. Directories are 0700, files 0600. */
import { join } from 'node:path'

export const createDirectories = (dataDir: string) => ({
  data: dataDir,
  /** All that belongs to a session and is nobody else's business. */
  session: (id: string) => join(dataDir, 'sessions', id),
  /** What an agent of ours keeps from turn to turn. */
  agentState: (id: string) => join(dataDir, 'sessions', id, 'state'),
  runs: (id: string) => join(dataDir, 'sessions', id, 'runs'),
  run: (id: string, turn: number, attempt: number) =>
    join(dataDir, 'sessions', id, 'runs', attempt === 0 ? `${turn}` : `${turn}.${attempt}`),
  workspaces: join(dataDir, 'workspaces'),
  workspace: (id: string) => join(dataDir, 'workspaces', id),
})

export type Directories = ReturnType<typeof createDirectories>
