/** The sessions of this server: open, get, list, edit, delete. One object for each that is in use. */
import { mkdirSync } from 'node:fs'
import type { PermissionMode, Session as SessionView } from '../machines/events.ts'
import { EMPTY_FOLD } from '../machines/fold.ts'
import { CodedError } from './errors.ts'
import { createInUse } from './in-use.ts'
import { LIMITS } from './limits.ts'
import { createChanges } from './lobby/changes.ts'
import type { SessionEdit, SessionRow } from './log/store.ts'
import { checkModel } from './prompt.ts'
import { createSession, type Session, type SessionDeps } from './session.ts'
import { parseSessionId } from './session-id.ts'
import { viewSession } from './session-view.ts'
import { allowWorkspace } from './workspace.ts'

export type OpenRequest = {
  agent?: string
  model?: string
  title?: string
  workspace?: string
  permissionMode?: PermissionMode
}

export type SessionsDeps = Omit<SessionDeps, 'onChange'> & {
  permissionMode: PermissionMode
  /** With all that is in it; none is fine. */
  removeDir: (dir: string) => Promise<void>
}

export function createSessions(deps: SessionsDeps) {
  const { store, directories } = deps
  const changes = createChanges({ restMs: LIMITS.lobbyRestMs })

  const load = async (id: string): Promise<Session> => {
    const row = await store.get(id)
    if (row === null || row === 'deleted') throw new CodedError('session_not_found')
    const session = createSession({ ...deps, onChange: (change) => changes.note(id, change) }, row)
    // And so whoever has its log, a turn of it or a client, has the session.
    session.log.onCommitted(() => inUse.note(session))
    return session
  }
  const inUse = createInUse<Session>({
    ...{ load, isAtRest: (session) => session.isAtRest(), restingMax: LIMITS.restingSessionsMax },
  })

  const get = async (given: string): Promise<Session> => inUse.get(parseSessionId(given))

  const newRow = (id: string, request: OpenRequest): SessionRow => {
    if (request.model !== undefined) checkModel(request.model)
    const agent = request.agent ?? deps.agents.defaultName()
    if (!deps.agents.get(agent)) throw new CodedError('unknown_agent', `There is no agent named ${agent}`)
    const ownsWorkspace = request.workspace === undefined
    const at = deps.now().toISOString()
    return {
      id,
      agent,
      model: request.model ?? null,
      title: request.title ?? null,
      archived: false,
      workspace: ownsWorkspace
        ? directories.workspace(id)
        : allowWorkspace(request.workspace!, deps.workspaceRoots),
      ownsWorkspace,
      permissionMode: request.permissionMode ?? deps.permissionMode,
      allowedAfter: -1,
      createdAt: at,
      updatedAt: at,
      fold: EMPTY_FOLD,
      spool: null,
    }
  }

  const create = async (id: string, request: OpenRequest): Promise<boolean> => {
    const row = newRow(id, request)
    if ((await store.count()) >= LIMITS.sessionsMax) throw new CodedError('too_many_sessions')
    // Before the row: a session that is there can work.
    if (row.ownsWorkspace) mkdirSync(row.workspace, { recursive: true, mode: 0o700 })
    const created = await store.create(row)
    if (created) changes.note(id, { atOnce: true })
    return created
  }

  /** A session in use has the word: the store may hold what it was not told is stored. */
  const viewInUse = async (id: string): Promise<SessionView | null> => {
    const session = await inUse.find(id)
    return session?.view() ?? null
  }
  const viewStored = (row: SessionRow): SessionView => viewSession(row, deps.queueAfterCancel)

  /** What cannot be removed now is tried again by the next server: the session is deleted all the same. */
  const removeFiles = async (id: string, ownsWorkspace: boolean): Promise<void> => {
    try {
      const dirs = [directories.session(id), ...(ownsWorkspace ? [directories.workspace(id)] : [])]
      for (const dir of dirs) await deps.removeDir(dir)
      await store.forget(id)
    } catch (error) {
      deps.onFault(error)
    }
  }

  /** Until it is deleted, it is to take no turn: so whoever wants the same meanwhile shares the fate of the first. */
  const underWay = new Map<string, Promise<void>>()

  const removeSession = async (session: Session): Promise<void> => {
    const { id } = session
    try {
      await session.end()
      await store.remove(id, deps.now().toISOString())
    } catch (error) {
      session.keep()
      throw error
    }
    inUse.remove(id)
    changes.note(id, { atOnce: true })
    session.announceEnd()
    session.detach()
    await removeFiles(id, session.ownsWorkspace)
  }

  return {
    /** @throws session_not_found */
    get,
    /** @throws unknown_agent, workspace_not_allowed, too_many_sessions, storage_full, storage_failed */
    async open(request: OpenRequest): Promise<Session> {
      const id = deps.freshId()
      await create(id, request)
      return get(id)
    },
    /**
     * Get or create, under an id of the caller's choice.
     * @throws session_not_found for what is no UUID, session_deleted, and what `open` throws
     */
    async put(given: string, request: OpenRequest): Promise<{ session: Session; created: boolean }> {
      const id = parseSessionId(given)
      const known = await store.get(id)
      if (known === 'deleted') throw new CodedError('session_deleted')
      const created = known === null && (await create(id, request))
      return { session: await get(id), created }
    },
    /** Newest activity first. */
    async list(): Promise<SessionView[]> {
      const rows = await store.list()
      return Promise.all(rows.map(async (row) => (await viewInUse(row.id)) ?? viewStored(row)))
    },
    /** The ids of all, in the same order. */
    ids: (): Promise<string[]> => store.listIds(),
    /** A session as it is now; null when there is none. */
    async view(id: string): Promise<SessionView | null> {
      const view = await viewInUse(id)
      if (view !== null) return view
      const row = await store.get(id)
      return row === null || row === 'deleted' ? null : viewStored(row)
    },
    /** Calls back with the id of each session that is opened, changed or deleted: after that, and not too often. */
    onChange: changes.onChange,
    /** @throws session_not_found, storage_full, storage_failed */
    async edit(id: string, edit: SessionEdit): Promise<Session> {
      const session = await get(id)
      await session.edit(edit)
      return session
    },
    /**
     * Stops what runs, then deletes log, spool and, if it is ours, the workspace. The id is never used again.
     * @throws session_not_found, storage_full, storage_failed
     */
    async remove(given: string): Promise<void> {
      const session = await get(given)
      const { id } = session
      const removing = underWay.get(id) ?? removeSession(session).finally(() => underWay.delete(id))
      underWay.set(id, removing)
      await removing
    },
    /**
     * Goes on with every turn that an earlier server left open, with the prompts that wait, and with what it had begun
     * to delete. Call once, before anything else.
     * @returns how many turns
     */
    async adopt(): Promise<number> {
      for (const { id, ownsWorkspace } of await store.listRemoved()) await removeFiles(id, ownsWorkspace)
      const found = []
      const waiting = []
      for (const id of await store.listOpen()) {
        const session = await get(id)
        const order = session.adoptionOrder()
        if (order === null) waiting.push(session)
        else found.push({ session, ...order })
      }
      // What runs already takes its place before what still waits for one; the others in the order they came.
      found.sort((a, b) => Number(b.runs) - Number(a.runs) || (a.since < b.since ? -1 : 1))
      for (const { session } of found) await session.adopt()
      for (const session of waiting) void session.queue.advance()
      return found.length
    },
    /** Lets go of everything that runs. */
    async detach(): Promise<void> {
      for (const session of await inUse.all()) session.detach()
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>
