/** Everything that a server is without HTTP, put together; for those who embed it, and for src/http. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import PQueue from 'p-queue'
import type { PermissionMode } from '../machines/events.ts'
import type { LeftoverPolicies } from '../machines/process-events.ts'
import { openAccess } from './access/access.ts'
import { agentEnvironment } from './agents/environment.ts'
import { createAgents } from './agents/registry.ts'
import { createDirectories } from './directories.ts'
import { type ReachFailPoint, withFailPoints } from './fail-points.ts'
import { findProgram } from './find-program.ts'
import { createInspections } from './inspect/inspections.ts'
import { forwardToStately } from './inspect/stately/forward.ts'
import { openStatelySocket } from './inspect/stately/stately-socket.ts'
import { LIMITS } from './limits.ts'
import { lockDataDir } from './lock.ts'
import { sharePages } from './log/shared-pages.ts'
import { createWriter } from './log/writer.ts'
import { makeOwnDirectory } from './own-files.ts'
import { bootId, uptimeMs } from './process/boot.ts'
import { findCgroupParent, removeEmptyCgroups } from './process/cgroup.ts'
import { createPace } from './process/pace.ts'
import { createProcessPort } from './process/port.ts'
import type { QueueAfterCancel } from './queue/rules.ts'
import { createSessionActors } from './session-actors.ts'
import { createSessions } from './sessions.ts'
import { openStores } from './store-thread/open-stores.ts'

export type RuntimeOptions = {
  /** Made when it is not there, with mode 0700; one that is there must have it. */
  dataDir: string
  /** Empty: only the data directory's own `workspaces`. */
  workspaceRoots: readonly string[]
  claudeBin: string
  /** Names that agents inherit from `environment`, besides the built-in list. */
  agentEnv: readonly string[]
  environment: NodeJS.ProcessEnv
  /** Null: no timeout. */
  turnTimeoutMs: number | null
  /** How long an agent may be silent: until a notice says so, and until it is stopped. Null: for ever. */
  stallNoticeMs: number | null
  stallKillMs: number | null
  /** How long an agent waits for an operator's leave before it is told no; null for ever. */
  approvalTimeoutMs: number | null
  /** From a stop to SIGKILL. */
  killGraceMs: number
  /** How much an agent may say in one turn, before it is stopped. */
  outputBytesMax: number
  /** What becomes of processes that turns leave behind. */
  leftovers: LeftoverPolicies
  /** Whether prompts that wait go on by themselves when the turn before them was cancelled. */
  queueAfterCancel: QueueAfterCancel
  /** Whether each turn has a cgroup of its own, where this server may make one. */
  cgroups: boolean
  /** Turns running at once, over all sessions. */
  maxTurns: number
  permissionMode: PermissionMode
  /** Where a bridge to Stately's tools listens on this machine, for what is inspected: `ws://127.0.0.1:8080`. Null: none. */
  inspectStately?: string | null
  onFault: (error: unknown) => void
  /** For tests: called at named instants. */
  failPoint?: ReachFailPoint
}

/**
 * Opens the data directory and goes on with the turns that were running.
 * @throws when another server uses the directory, it has a format that this one does not know, or it is not this user's
 *   alone
 */
export async function openRuntime(options: RuntimeOptions) {
  const directories = createDirectories(options.dataDir)
  for (const dir of [directories.data, directories.sessions, directories.workspaces]) makeOwnDirectory(dir)
  const unlock = lockDataDir(options.dataDir)
  let stores: ReturnType<typeof openStores> | undefined
  try {
    const { failPoint = () => {} } = options
    stores = openStores(options.dataDir)
    const { sessions: stored, access: accessStore } = stores
    const pages = { bytesMax: LIMITS.sharedPagesBytesMax, keptMs: LIMITS.sharedPagesMs }
    const store = withFailPoints({ ...stored, read: sharePages(stored.read, pages) }, failPoint)
    const writer = createWriter(store, { retryMs: LIMITS.storeRetryMs })
    const environment = agentEnvironment(options.environment, options.agentEnv)
    checkTools(environment.PATH!)
    const agents = createAgents({ claudeBin: options.claudeBin, path: environment.PATH! })
    const slots = new PQueue({ concurrency: options.maxTurns })
    const pace = createPace({ max: LIMITS.spoolReadsMax, perMs: LIMITS.spoolReadsMs })
    const cgroupParent = options.cgroups ? findCgroupParent() : null
    if (cgroupParent !== null) removeEmptyCgroups(cgroupParent, LIMITS.emptyCgroupMs)
    const actors = createSessionActors((sessionOf) =>
      createProcessPort(
        { ...options, slots, pace, failPoint, freshId: randomUUID, bootId, uptimeMs },
        sessionOf,
      ),
    )
    const sessions = createSessions({
      ...options,
      ...{ store, writer, agents, actors, directories, environment, cgroupParent },
      ...{ bootId, uptimeMs },
      now: () => new Date(),
      freshId: randomUUID,
      removeDir: (dir) => rm(dir, { recursive: true, force: true }),
      workspaceRoots: options.workspaceRoots.length > 0 ? options.workspaceRoots : [directories.workspaces],
    })
    const access = await openAccess({
      store: accessStore,
      now: () => new Date(),
      clockMs: () => performance.now(),
      freshId: randomUUID,
      onFault: options.onFault,
    })
    const now = () => new Date()
    const inspections = createInspections({ now, onFault: options.onFault })
    const { inspectStately: url } = options
    const stopForwarding = url ? forwardToStately(inspections, openStatelySocket(url), now) : () => {}
    const adopted = await sessions.adopt()

    return {
      sessions,
      agents,
      /** Pairing, devices and the audit. */
      access,
      /** Whose machines are watched. */
      inspections,
      adopted,
      failPoint,
      /** Below which directory turns have cgroups; null when they have none. */
      cgroupParent,
      /** For `follow`: replays read their pages from the store through it. */
      replays: new PQueue({ concurrency: LIMITS.replaysAtOnce }),
      /** How many turns run, and how many wait for a place. */
      turns: () => ({ running: slots.pending, waiting: slots.size }),
      /** @throws when the store cannot be read */
      check: (): Promise<unknown> => store.listOpen(),
      /** Stores what is on its way and lets go of everything. Turns that run go on by themselves. */
      async close(): Promise<void> {
        stopForwarding()
        await sessions.detach()
        await access.close()
        await writer.close(LIMITS.stopWaitMs)
        await store.close()
        unlock()
      },
    }
  } catch (error) {
    await stores?.sessions.close()
    unlock()
    throw error
  }
}

/** What supervisors are made of: without one of these, turns would hang or be lost. */
const TOOLS = ['sh', 'ln', 'mv', 'rm', 'mkfifo', 'tail', 'sleep']

function checkTools(path: string): void {
  const missing = TOOLS.filter((tool) => findProgram(tool, path) === null)
  if (missing.length > 0) throw new Error(`PATH has no ${missing.join(', ')}: turns cannot run without`)
}

export type Runtime = Awaited<ReturnType<typeof openRuntime>>
