/**
 * One server of a simulated world, from its start to its crash: the production runtime over a simulated disk, machine
 * and time. Answers as the routes of src/http do, without a socket below.
 */
import { createHash } from 'node:crypto'
import PQueue from 'p-queue'
import type { Decision } from '../../src/machines/events.ts'
import { createClaudeAgent } from '../../src/runtime/agents/claude.ts'
import type { Agents } from '../../src/runtime/agents/registry.ts'
import { createDirectories } from '../../src/runtime/directories.ts'
import { CodedError } from '../../src/runtime/errors.ts'
import type { IdempotencyKey } from '../../src/runtime/idempotency.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import { createWriter } from '../../src/runtime/log/writer.ts'
import { createProcessPort } from '../../src/runtime/process/port.ts'
import type { Session } from '../../src/runtime/session.ts'
import { createSessions, type SessionsDeps } from '../../src/runtime/sessions.ts'
import type { Asked } from '../checkers/history.ts'
import type { Disk } from './disk.ts'
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

export function startServer(world: {
  life: Life
  time: Time
  disk: Disk
  machine: Machine
  freshId: () => string
  onFault: (error: unknown) => void
}) {
  const { life, time } = world
  const store = world.disk.open(life)
  const deps: SessionsDeps = {
    ...{ ...SETTINGS, agents, store, freshId: world.freshId, onFault: world.onFault },
    writer: createWriter(store, { retryMs: LIMITS.storeRetryMs }),
    slots: new PQueue({ concurrency: SETTINGS.maxTurns }),
    directories: createDirectories('/simulated'),
    environment: {},
    cgroupParent: null,
    now: time.date,
    bootId: () => 'boot',
    uptimeMs: () => time.now,
    removeDir: async () => {},
    createPort: (port) => createProcessPort(port, world.machine.host),
    failPoint() {},
    workspaceRoots: ['/'],
    permissionMode: 'ask',
  }
  const sessions = createSessions(deps)
  let ready = false
  const starting = sessions.adopt().then((adopted) => {
    ready = true
    return adopted
  })

  const act = async (session: Session, asked: Asked): Promise<{ status: number; answer: unknown }> => {
    const { what, wish, body, target = '', whenBusy = 'reject' } = asked
    const key = keyOf(asked)
    switch (what) {
      case 'prompt': {
        const idempotency = key && { idempotency: key }
        return {
          status: 202,
          answer: await session.prompt({ text: body, by: wish, whenBusy, ...idempotency }),
        }
      }
      case 'cancel': {
        const answer = await session.cancel(wish, key)
        return { status: answer.cancelled ? 202 : 200, answer }
      }
      case 'edit':
        return { status: 200, answer: await session.queue.edit(target, body, key) }
      case 'remove':
        return { status: 204, answer: await session.queue.remove(target, key) }
      case 'resume': {
        const answer = await session.queue.resume(key)
        return { status: 'resumed' in answer ? 200 : 202, answer }
      }
      case 'answer': {
        const answer = { approvalId: target, decision: body as Decision }
        return { status: 200, answer: await session.answer(answer, wish, key) }
      }
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
      return ready
    },
    open: (): Promise<Session> => sessions.open({ workspace: '/' }),
    /** As an answer over HTTP. */
    answer: (asked: Asked): Promise<{ status: number; answer: unknown }> =>
      sessions
        .get(asked.session)
        .then((session) => act(session, asked))
        .catch((error: unknown) => {
          if (error instanceof CodedError) return { status: error.status, answer: error.code }
          throw error
        }),
  }
}

function keyOf({ key, what, target, body, whenBusy }: Asked): IdempotencyKey | undefined {
  if (key === undefined) return undefined
  const asked = JSON.stringify([what, target, body, whenBusy])
  return { key, bodyHash: createHash('sha256').update(asked).digest('base64url') }
}
