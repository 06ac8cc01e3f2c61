import { expect, test } from 'vitest'
import { AttachError, type ListedSession, type Lobby, type LobbyItem } from '../../../src/client/index.ts'
import type { KeptList } from '../../../src/web/state/kept.ts'
import { createLobby } from '../../../src/web/state/lobby.ts'

const session = (id: string) => ({ id }) as ListedSession
const AT = '2026-01-01T00:00:00.000Z'

function start({ kept = null as KeptList | null } = {}) {
  let give: (item: LobbyItem | Error) => void = () => {}
  const items = new ReadableStream<LobbyItem>({
    start(controller) {
      give = (item) => (item instanceof Error ? controller.error(item) : controller.enqueue(item))
    },
  })
  const saved: KeptList[] = []
  let forgotten = 0
  const lobby = createLobby({
    client: { lobby: () => Object.assign(items, { reconnect: () => {} }) as unknown as Lobby },
    keeper: {
      loadList: async () => kept,
      saveList: async (list) => void saved.push(list),
      leave: async () => void forgotten++,
    },
    schedule: (draw) => draw(),
    now: () => 0,
  })
  const context = () => lobby.store.getSnapshot().context
  return {
    ...{ lobby, saved, context },
    forgotten: () => forgotten,
    give: (...all: (LobbyItem | Error)[]) => all.forEach(give),
    ids: () => context().sessions.map(({ id }) => id),
    over: lobby.run(),
  }
}

test('the list is shown when it is whole, and then as it changes', async () => {
  const { give, ids, context, lobby } = start()
  give({ type: 'list' }, { type: 'session', session: session('a') })
  await expect.poll(() => context().isComplete).toBe(false)
  give({ type: 'session', session: session('b') }, { type: 'caught-up' })
  await expect.poll(ids).toEqual(['a', 'b'])
  give({ type: 'deleted', id: 'a' })
  await expect.poll(ids).toEqual(['b'])
  // Another connection: what is not in its list has gone meanwhile.
  give({ type: 'list' }, { type: 'session', session: session('c') })
  await expect.poll(ids).toEqual(['b'])
  give({ type: 'caught-up' })
  await expect.poll(ids).toEqual(['c'])
  lobby.end()
})

test('what was kept is shown as what it is until the server has spoken, and kept anew', async () => {
  const { give, ids, context, lobby, saved } = start({ kept: { sessions: [session('old')], at: AT } })
  await expect.poll(ids).toEqual(['old'])
  expect(context()).toMatchObject({ keptAt: AT, isComplete: false })
  await lobby.keep()
  expect(saved).toEqual([])
  give({ type: 'list' }, { type: 'session', session: session('new') }, { type: 'caught-up' })
  await expect.poll(ids).toEqual(['new'])
  expect(context().keptAt).toBeNull()
  await lobby.keep()
  expect(saved).toMatchObject([{ sessions: [{ id: 'new' }] }])
  lobby.end()
})

test('a device that is out keeps nothing', async () => {
  const { give, over, context, forgotten } = start()
  give(new AttachError({ status: 401, code: 'unauthorized', detail: '' }))
  await over
  expect([context().gone, context().link.state, forgotten()]).toEqual(['out', 'ended', 1])
})
