/** The lobby over a socket that takes no more. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import PQueue from 'p-queue'
import { expect, test } from 'vitest'
import { streamLobby } from '../../src/http/lobby-stream.ts'
import { viewSession } from '../../src/runtime/session-view.ts'
import type { Sessions } from '../../src/runtime/sessions.ts'
import { sessionRow } from '../runtime/log/given.ts'

function openStream(ids: string[]) {
  let title = 'first'
  let listener: ((id: string) => void) | null = null
  const sessions = {
    ids: async () => ids,
    view: async (id: string) => viewSession(sessionRow(id, { title }), 'hold'),
    onChange(given: (id: string) => void) {
      listener = given
      return () => {
        listener = null
      }
    },
  }
  let [sent, isFull, closes] = ['', false, 0]
  const socket = Object.assign(new EventEmitter(), {
    write(text: string) {
      sent += text
      return !isFull
    },
    destroy: () => socket.emit('close'),
  })
  streamLobby(socket as unknown as Socket, sessions as unknown as Sessions, {
    ...{ keepaliveMs: 1, replays: new PQueue({ concurrency: 1 }) },
    onClose: () => void closes++,
  })
  return {
    socket,
    get isFollowed() {
      return listener !== null
    },
    get closes() {
      return closes
    },
    /** Until nothing happens by itself any more. @returns what was sent since the last time, without what keeps it warm */
    async settle(): Promise<string> {
      for (let turn = 0; turn < 20; turn++) await nextTurn()
      const text = sent.replaceAll(': keepalive\n\n', '')
      sent = ''
      return text
    },
    change(to: string): void {
      title = to
      for (const id of ids) listener?.(id)
    },
    fill(): void {
      isFull = true
    },
    drain(): void {
      isFull = false
      socket.emit('drain')
    },
  }
}

const titlesIn = (text: string): string[] =>
  [...text.matchAll(/"title":"([^"]+)"/g)].map(([, title]) => title!)

test('while its socket is full a reader is sent nothing, and then the newest of each session', async () => {
  const stream = openStream(['a', 'b'])
  expect(await stream.settle()).toMatch(/^(event: session\n.*\n\n){2}event: caught-up\ndata: \{\}\n\n$/)
  stream.fill()
  stream.change('second')
  // It takes what it is given when it is full, and that is one.
  expect(titlesIn(await stream.settle())).toEqual(['second'])
  for (let change = 0; change < 1_000; change++) stream.change(`${change}`)
  expect(await stream.settle()).toBe('')
  stream.drain()
  expect(titlesIn(await stream.settle())).toEqual(['999', '999'])
  stream.socket.destroy()
})

test('a reader that leaves is followed no more', async () => {
  const stream = openStream(['a'])
  await stream.settle()
  stream.socket.destroy()
  expect(stream).toMatchObject({ isFollowed: false, closes: 1 })
  stream.change('second')
  expect(await stream.settle()).toBe('')
})
