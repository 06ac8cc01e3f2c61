/** What Stately's own receiver makes of it, behind a bridge that passes on what it is sent, as theirs does. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createInspections } from '../../../src/runtime/inspect/inspections.ts'
import { forwardToStately } from '../../../src/runtime/inspect/stately/forward.ts'
import { openStatelySocket } from '../../../src/runtime/inspect/stately/stately-socket.ts'
import { STARTED } from '../../machines/port-events.ts'
import { startSession } from '../../machines/simulated-session.ts'
import { findSteadyPort } from '../../support/steady-port.ts'

async function openBridge(port = 0) {
  const server = new WebSocketServer({ host: '127.0.0.1', port })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const received: string[] = []
  server.on('connection', (socket) => {
    for (const message of received) socket.send(message)
    socket.on('message', (data) => {
      received.push(String(data))
      for (const client of server.clients) if (client !== socket) client.send(String(data))
    })
  })
  await once(server, 'listening')
  return { received, port: (server.address() as AddressInfo).port }
}

function forward(port: number) {
  const session = startSession()
  const onFault = (error: unknown): void => expect.unreachable(String(error))
  const inspections = createInspections({ now: () => new Date(), onFault })
  const socket = openStatelySocket(`ws://127.0.0.1:${port}`, 10)
  onTestFinished(forwardToStately(inspections, socket, () => new Date()))
  const inspected = {
    ...{ id: 's1', actor: session.actor, onEnd: () => () => {} },
    processes: () => [],
    newest: () => ({ eventId: session.events.length - 1, turn: session.actor.getSnapshot().context.turn }),
  }
  return { ...session, set: (on: boolean) => inspections.set(inspected, { on, bodies: false }) }
}

test('their tools are told who there is, what each is sent, and what it is then', async () => {
  const port = await findSteadyPort()
  const { set, prompt, port: agent, cancel } = forward(port)
  // Before anybody listens: it waits.
  set(true)
  prompt()
  agent.say(STARTED)
  await openBridge(port)
  const received: StatelyInspectionEvent[] = []
  const isThere = Promise.withResolvers<void>()
  createWebSocketReceiver({ server: `ws://127.0.0.1:${port}` }).subscribe((event) => {
    received.push(event)
    if (event.type === '@xstate.snapshot' && event.event.type === 'INTERRUPT') isThere.resolve()
  })
  await expect.poll(() => received.length).toBeGreaterThan(0)
  cancel()
  await isThere.promise

  const lines = received.map((event) => {
    if (event.type === '@xstate.actor') return `${event.sessionId} in ${event.parentId ?? 'nothing'}`
    if (event.type === '@xstate.event') return `${event.sourceId} > ${event.sessionId}: ${event.event.type}`
    return `${event.sessionId} is ${JSON.stringify((event.snapshot as { value?: unknown }).value)}`
  })
  expect(lines).toEqual([
    's1.session in nothing',
    'undefined > s1.session: PROMPT',
    's1.session is {"turn":"running"}',
    's1.process in s1.session',
    's1.session > s1.process: xstate.init',
    's1.process is "starting"',
    's1.port in s1.process',
    's1.process > s1.port: xstate.init',
    's1.port is undefined',
    's1.port > s1.process: STARTED',
    's1.process is {"active":{"working":"running"}}',
    'undefined > s1.session: CANCEL',
    's1.session is {"turn":"cancelling"}',
    's1.session > s1.process: STOP',
    's1.process is {"stopping":"interrupting"}',
    's1.process > s1.session: DEAF',
    's1.session is {"turn":"cancelling"}',
    's1.process > s1.port: INTERRUPT',
    's1.port is undefined',
  ])
  const [actor] = received
  expect(JSON.parse((actor as { definition: string }).definition)).toMatchObject({
    id: 'session',
    initial: 'idle',
  })
  expect(JSON.stringify(received)).not.toContain('Look at the disk')
})

test('nothing is sent of a session that is not inspected any more', async () => {
  const { received, port } = await openBridge()
  const { set, prompt } = forward(port)
  set(true)
  await expect.poll(() => received.length).toBe(1)
  set(false)
  prompt()
  set(true)
  await expect.poll(() => received.length).toBeGreaterThan(1)
  expect(received.map((text) => JSON.parse(text).type)).not.toContain('@xstate.event')
})
