import { setImmediate as nextTurn } from 'node:timers/promises'
import PQueue from 'p-queue'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/machines/events.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { followLobby, type Told } from '../../../src/runtime/lobby/follow-lobby.ts'
import { viewSession } from '../../../src/runtime/session-view.ts'
import { sessionRow } from '../log/given.ts'

const sessionOf = (id: string, title: string): Session => viewSession(sessionRow(id, { title }), 'hold')

/** Sessions by their titles, and a reader that writes down what it is told. */
function scriptLobby(...ids: string[]) {
  const titles = new Map(ids.map((id) => [id, 'first']))
  const listeners = new Set<(id: string) => void>()
  let gate: Promise<void> = Promise.resolve()
  let failure: Error | null = null
  const sessions = {
    async ids() {
      const found = [...titles.keys()]
      await gate
      return found
    },
    async view(id: string) {
      const title = titles.get(id)
      await gate
      if (failure) throw failure
      return title === undefined ? null : sessionOf(id, title)
    },
    onChange(listener: (id: string) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const heard: string[] = []
  let isFull = false
  const nameOf = ({ id, session }: Told): string => `${id}: ${session?.title ?? 'deleted'}`
  const begin = () =>
    followLobby(
      { sessions, replays: new PQueue({ concurrency: 1 }) },
      {
        write(told) {
          heard.push(...told.map(nameOf))
          return !isFull
        },
        caughtUp: () => void heard.push('caught up'),
        failed: (error) => void heard.push(String(error)),
      },
    )
  const tell = (id: string): void => {
    for (const listener of [...listeners]) listener(id)
  }
  return {
    ...{ begin, listeners },
    /** Until nothing happens by itself any more. @returns what was heard since the last time */
    async settle(): Promise<string[]> {
      for (let turn = 0; turn < 20; turn++) await nextTurn()
      return heard.splice(0)
    },
    set(id: string, title: string): void {
      titles.set(id, title)
      tell(id)
    },
    remove(id: string): void {
      titles.delete(id)
      tell(id)
    },
    /** The sink takes what it is given, and no more after that. */
    fill(): void {
      isFull = true
    },
    empty(): void {
      isFull = false
    },
    /** Whoever reads the sessions from now on has what they are now, and later. @returns how to let go */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    fail(error: Error): void {
      failure = error
    },
  }
}

test('the list comes first, then caught-up, then each change', async () => {
  const lobby = scriptLobby('a', 'b')
  lobby.begin()
  expect(await lobby.settle()).toEqual(['a: first', 'b: first', 'caught up'])
  lobby.set('b', 'second')
  lobby.set('c', 'new')
  expect(await lobby.settle()).toEqual(['b: second', 'c: new'])
  lobby.remove('a')
  expect(await lobby.settle()).toEqual(['a: deleted'])
})

test('an empty list is one', async () => {
  const lobby = scriptLobby()
  lobby.begin()
  expect(await lobby.settle()).toEqual(['caught up'])
})

test('what changes while the list is read is not missed', async () => {
  const lobby = scriptLobby('a', 'b')
  const letGo = lobby.hold()
  lobby.begin()
  lobby.set('c', 'new')
  lobby.remove('b')
  letGo()
  const heard = await lobby.settle()
  expect(heard.sort()).toEqual(['a: first', 'c: new', 'caught up'])
})

test('what changes while it is looked up is told once more, as it is then', async () => {
  const lobby = scriptLobby('a')
  lobby.begin()
  await lobby.settle()
  const letGo = lobby.hold()
  lobby.set('a', 'second')
  await lobby.settle()
  lobby.set('a', 'third')
  letGo()
  expect(await lobby.settle()).toEqual(['a: second', 'a: third'])
})

test('a long list comes in pages, and what changes meanwhile cannot put its end off', async () => {
  const ids = Array.from({ length: 2 * LIMITS.lobbyPageSessionsMax + 1 }, (_, index) => `s${index}`)
  const lobby = scriptLobby(...ids)
  lobby.fill()
  const { resume } = lobby.begin()
  const first = await lobby.settle()
  expect(first).toHaveLength(LIMITS.lobbyPageSessionsMax)
  lobby.set('s0', 'second')
  resume()
  expect(await lobby.settle()).toHaveLength(LIMITS.lobbyPageSessionsMax)
  resume()
  expect(await lobby.settle()).toEqual([`${ids.at(-1)}: first`, 'caught up'])
  resume()
  expect(await lobby.settle()).toEqual(['s0: second'])
})

test('a slow reader is told of each session once, as it is when there is room', async () => {
  const lobby = scriptLobby('a', 'b')
  const { resume } = lobby.begin()
  await lobby.settle()
  lobby.fill()
  lobby.set('a', '0')
  expect(await lobby.settle()).toEqual(['a: 0'])
  for (let change = 1; change <= 1_000; change++) {
    lobby.set('a', `${change}`)
    lobby.set('b', `${change}`)
  }
  expect(await lobby.settle()).toEqual([])
  lobby.empty()
  resume()
  expect(await lobby.settle()).toEqual(['a: 1000', 'b: 1000'])
})

test('one that leaves is told nothing more, and is not listened for', async () => {
  const lobby = scriptLobby('a')
  const letGo = lobby.hold()
  const { stop } = lobby.begin()
  stop()
  letGo()
  expect(await lobby.settle()).toEqual([])
  expect(lobby.listeners.size).toBe(0)
})

test('when sessions cannot be read the reader is told, and nothing more comes', async () => {
  const lobby = scriptLobby('a')
  lobby.fail(new Error('no disk'))
  lobby.begin()
  expect(await lobby.settle()).toEqual(['Error: no disk'])
  lobby.set('a', 'second')
  expect(await lobby.settle()).toEqual([])
  expect(lobby.listeners.size).toBe(0)
})
