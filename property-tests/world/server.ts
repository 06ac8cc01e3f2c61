/**
 * One server of a simulated world, from its start to its stop or crash: the production runtime over a simulated disk, machine
 * and time. Answers as the routes of src/http do, without a socket below.
 */
import { createHash } from 'node:crypto'
import PQueue from 'p-queue'
import { createClaudeAgent } from '../../src/runtime/agents/claude.ts'
import type { Agents } from '../../src/runtime/agents/registry.ts'
import { createDirectories } from '../../src/runtime/directories.ts'
import { CodedError } from '../../src/runtime/errors.ts'
import type { IdempotencyKey } from '../../src/runtime/idempotency.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import { createWriter } from '../../src/runtime/log/writer.ts'
import { createProcessPort } from '../../src/runtime/process/port.ts'
import type { Session } from '../../src/runtime/session.ts'
import { createSessionActors } from '../../src/runtime/session-actors.ts'
import { createSessions, type SessionsDeps } from '../../src/runtime/sessions.ts'
import type { Asked } from '../checkers/history.ts'
import type { Disk } from './disk.ts'
import type { Ground } from './ground.ts'
import { SETTINGS } from './knobs.ts'
import type { Machine } from './machine.ts'
import type { Life, Time } from './time.ts'

export type SimulatedServer = ReturnType<typeof startServer>

const claude = createClaudeAgent('claude')
const agents: Agents = {
  get: (name) => (name === 'claude' ? claude : undefined),
  whyNot: () => null,
  list: () => [],
  defaultName: () => 'claude',
}

export type Answer = { status: number; answer: unknown }

export function startServer(world: {
  dirs: Ground['dirs']
  life: Life
  time: Time
  disk: Disk
  machine: Machine
  freshId: () => string
  removeDir: (dir: string) => Promise<void>
  onFault: (error: unknown) => void
}) {
  const { life, time, machine } = world
  const store = world.disk.open(life)
  const writer = createWriter(store, { retryMs: LIMITS.storeRetryMs })
  const { bootId, uptimeMs, host } = machine
  const shared = { ...SETTINGS, freshId: world.freshId, onFault: world.onFault, bootId, uptimeMs }
  const slots = new PQueue({ concurrency: SETTINGS.maxTurns })
  const port = { ...shared, slots, failPoint() {}, pace: () => undefined }
  const deps: SessionsDeps = {
    ...{ ...shared, agents, store, writer },
    actors: createSessionActors((sessionOf) => createProcessPort(port, sessionOf, host)),
    directories: createDirectories(world.dirs.data),
    environment: {},
    cgroupParent: null,
    now: time.date,
    removeDir: world.removeDir,
    workspaceRoots: [world.dirs.workspace],
    permissionMode: 'ask',
  }
  const sessions = createSessions(deps)
  let ready = false
  let closing = false
  const starting = sessions.adopt().then((adopted) => {
    ready = true
    return adopted
  })

  const act = async (asked: Asked): Promise<Answer> => {
    const { session: id, body } = asked
    switch (asked.what) {
      case 'open': {
        const { session, created } = await sessions.put(id, { workspace: world.dirs.workspace })
        return { status: created ? 201 : 200, answer: shown(session) }
      }
      case 'set':
        return { status: 200, answer: shown(await sessions.edit(id, JSON.parse(body))) }
      case 'delete':
        await sessions.remove(id)
        return { status: 204, answer: null }
      default:
        return actIn(await sessions.get(id), asked)
    }
  }

  const actIn = async (session: Session, asked: Asked): Promise<Answer> => {
    const { what, wish, body, attachments = [], target = '', whenBusy = 'reject' } = asked
    const key = keyOf(asked)
    switch (what) {
      case 'prompt': {
        const prompt = { text: body, by: wish, whenBusy, attachments, ...(key && { idempotency: key }) }
        return { status: 202, answer: await session.prompt(prompt) }
      }
      case 'cancel': {
        const answer = await session.cancel(wish, key)
        return { status: answer.cancelled ? 202 : 200, answer }
      }
      case 'edit':
        return { status: 200, answer: await session.queue.edit(target, body, key) }
      case 'remove':
        return { status: 204, answer: await session.queue.remove(target, key) }
      case 'clear':
        return { status: 204, answer: await session.queue.clear(key) }
      case 'resume': {
        const answer = await session.queue.resume(key)
        return { status: 'resumed' in answer ? 200 : 202, answer }
      }
      case 'answer': {
        const decision = body === 'deny' ? 'deny' : 'allow'
        const answer = { approvalId: target, decision, ...(body === 'always' && { always: true }) } as const
        return { status: 200, answer: await session.answer(answer, wish, key) }
      }
      default:
        throw new Error(`nobody can ask for ${what}`)
    }
  }

  return {
    life,
    sessions,
    /** How many turns it has gone on with, once it has. */
    starting,
    replays: new PQueue({ concurrency: LIMITS.replaysAtOnce }),
    /** Whether it listens. */
    get ready() {
      return ready && !closing
    },
    get closing() {
      return closing
    },
    /** As an answer over HTTP. */
    answer: (asked: Asked): Promise<Answer> => act(asked).catch(refusal),
    /** As on SIGTERM, when nobody is connected any more. */
    async close(): Promise<void> {
      closing = true
      await sessions.detach()
      await writer.close(LIMITS.stopWaitMs)
    },
  }
}

/** Without its directory, which has another name each time. */
function shown(session: Session): object {
  const { workspace, ...view } = session.view()
  return view
}

function refusal(error: unknown): Answer {
  if (error instanceof CodedError) return { status: error.status, answer: error.code }
  return { status: 500, answer: String(error) }
}

function keyOf({ key, what, target, body, whenBusy, attachments }: Asked): IdempotencyKey | undefined {
  if (key === undefined) return undefined
  const asked = JSON.stringify([what, target, body, whenBusy, attachments])
  return { key, bodyHash: createHash('sha256').update(asked).digest('base64url') }
}
