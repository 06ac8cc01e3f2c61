import { expect, test, vi } from 'vitest'
import type { OutputRecord, UnfinishedBlock } from '../../../src/machines/events.ts'
import { eventsOf, type OpenLog, openLog, openTurn, queued, turnEnd, turnStart, user } from './given.ts'

const block = (number: number, text: string): UnfinishedBlock => ({ block: number, kind: 'text', text })
const finished = (number: number, text: string): OutputRecord => ({ kind: 'text', block: number, text })
const shown = ({ log }: OpenLog) => log.partials.shown.blocks

const decode = (frame: Buffer) => {
  const [, data] = /^event: partial\ndata: (.*)\n\n$/.exec(frame.toString('utf8'))!
  return JSON.parse(data!)
}

/** Finishes blocks as the port does: first the log is told, then what is being written now. */
function say({ log }: OpenLog, records: OutputRecord[], blocks: UnfinishedBlock[]): void {
  log.append(records.map((record) => ({ ...record, turn: 1 })))
  log.partials.set(1, blocks, records)
}

test('what is being written is shown at once when nothing comes before it', async () => {
  const opened = await openTurn()
  const changes = vi.fn()
  opened.log.partials.onChange(changes)
  say(opened, [], [block(0, 'a')])
  expect(shown(opened)).toEqual([block(0, 'a')])
  say(opened, [], [block(0, 'ab')])
  expect(shown(opened)).toEqual([block(0, 'ab')])
  expect(changes.mock.calls).toEqual([[[]], [[]]])
  say(opened, [], [block(0, 'ab')])
  expect(changes).toHaveBeenCalledTimes(2)
})

test('a block is shown until the event that finishes it is, and no longer', async () => {
  const opened = await openTurn()
  say(opened, [], [block(0, 'a')])
  const seen: [number, readonly UnfinishedBlock[]][] = []
  const look = (): void => void seen.push([opened.log.fold.lastEventId, shown(opened)])
  opened.log.onCommitted(look)
  opened.log.partials.onChange(look)
  say(opened, [finished(0, 'ab')], [block(1, 'c')])
  expect(shown(opened)).toEqual([block(0, 'a')])
  await opened.log.durable()
  expect(eventsOf(opened.log.readTail(1, 1_000))).toMatchObject([{ block: 0, text: 'ab' }])
  expect(seen).toEqual([
    [2, [block(1, 'c')]],
    [2, [block(1, 'c')]],
  ])
})

test('of two that come behind what is on its way, the first is shown when that is there, and not only the last', async () => {
  const opened = await openTurn()
  say(opened, [], [block(0, 'a')])
  const seen: [number, readonly UnfinishedBlock[]][] = []
  opened.log.onCommitted(() => void seen.push([opened.log.fold.lastEventId, shown(opened)]))
  const committing = Promise.withResolvers<void>()
  const disk = Promise.withResolvers<void>()
  opened.store.holdAt(() => {
    committing.resolve()
    return disk.promise
  })
  say(opened, [finished(0, 'ab')], [block(1, 'c')])
  await committing.promise
  say(opened, [finished(1, 'cd')], [block(2, 'e')])
  disk.resolve()
  await opened.log.durable()
  expect(seen).toEqual([
    [2, [block(1, 'c')]],
    [3, [block(2, 'e')]],
  ])
})

test('while the store fails, what was shown stays shown', async () => {
  const opened = await openTurn()
  say(opened, [], [block(0, 'a')])
  opened.store.failNext('storage_full')
  say(opened, [finished(0, 'ab')], [block(1, 'c')])
  await opened.log.durable().catch(() => {})
  expect(shown(opened)).toEqual([block(0, 'a')])
  await opened.log.durable({ patient: true })
  // With the notice of the outage, the ids have moved.
  expect(eventsOf(opened.log.readTail(1, 10_000)).map(({ kind }) => kind)).toEqual(['text', 'notice'])
  expect(shown(opened)).toEqual([block(1, 'c')])
})

test('what is being written is shown too when what came before it has been revoked', async () => {
  const opened = await openTurn()
  for (const [records, block0] of [
    [[], block(0, 'a')],
    [[finished(1, 'b')], block(0, 'ab')],
  ] as const) {
    opened.store.failNext('storage_full')
    opened.log.append([queued('p')], { revocable: true })
    say(opened, [...records], [block0])
    await opened.log.durable({ patient: true })
    expect(shown(opened)).toEqual([block0])
  }
})

test('what will never be finished is told; what is finished is not', async () => {
  const opened = await openTurn()
  const changes = vi.fn()
  opened.log.partials.onChange(changes)
  say(opened, [], [block(0, 'a'), block(1, 'b'), block(2, 'c')])
  say(opened, [finished(1, 'b')], [block(2, 'c')])
  // Before that is stored.
  say(opened, [finished(3, 'd')], [])
  expect(changes).toHaveBeenCalledTimes(1)
  await opened.log.durable()
  expect(changes.mock.lastCall).toEqual([[0, 2]])
  expect(shown(opened)).toEqual([])
})

test('nothing is shown of a turn that has ended, nor of the one before', async () => {
  const opened = await openTurn()
  say(opened, [], [block(0, 'a')])
  opened.log.append([turnEnd()])
  expect(shown(opened)).toEqual([block(0, 'a')])
  await opened.log.durable()
  expect(shown(opened)).toEqual([])
  opened.log.partials.set(1, [block(0, 'late')], [])
  expect(shown(opened)).toEqual([])
  opened.log.append([user('next', 2), turnStart(2)])
  await opened.log.durable()
  opened.log.partials.set(1, [block(0, 'later')], [])
  expect(shown(opened)).toEqual([])
  opened.log.partials.set(2, [block(0, 'b')], [])
  expect(opened.log.partials.shown).toEqual({ turn: 2, blocks: [block(0, 'b')] })
})

test('nothing is shown of a turn that was never recorded', async () => {
  const opened = await openLog()
  opened.store.failNext('storage_full')
  opened.log.append([user('hi'), turnStart()])
  opened.log.partials.set(1, [block(0, 'a')], [])
  await opened.log.durable().catch(() => {})
  expect(shown(opened)).toEqual([])
})

test('one listener that throws does not keep the next from hearing', async () => {
  const opened = await openTurn()
  const heard = vi.fn()
  opened.log.partials.onChange(() => {
    throw new Error('mine')
  })
  const unsubscribe = opened.log.partials.onChange(heard)
  say(opened, [], [block(0, 'a')])
  expect(heard).toHaveBeenCalledTimes(1)
  expect(opened.faults).toEqual([new Error('mine')])
  unsubscribe()
  say(opened, [], [block(0, 'b')])
  expect(heard).toHaveBeenCalledTimes(1)
})

test('a frame has what follows an offset, and is encoded once for all that stand there', async () => {
  const opened = await openTurn()
  const { partials } = opened.log
  say(opened, [], [block(4, 'one\ntwo')])
  const [part] = shown(opened)
  const { frame, end } = partials.frame(part!, 3)!
  expect(decode(frame)).toEqual({ turn: 1, block: 4, kind: 'text', offset: 3, text: '\ntwo' })
  expect(end).toBe(7)
  expect(partials.frame(part!, 3)!.frame).toBe(frame)
  expect(partials.frame(part!, 0)!.frame).not.toBe(frame)
  expect(partials.frame(part!, 7)).toBeNull()
  expect(decode(partials.frame({ ...block(5, 'x'), parent: 'task' }, 0)!.frame)).toMatchObject({
    parent: 'task',
  })
  expect(decode(partials.goneFrame(4))).toEqual({ turn: 1, block: 4, kind: 'text', offset: 0, text: '' })
})

test('half a character waits for its other half, and becomes a replacement character when none comes', async () => {
  const opened = await openTurn()
  const { partials } = opened.log
  const frameOf = (text: string, offset: number) => {
    say(opened, [], [block(0, text)])
    return partials.frame(shown(opened)[0]!, offset)
  }
  expect(frameOf('\ud83e', 0)).toBeNull()
  expect(frameOf('a\ud83e', 0)!.end).toBe(1)
  expect(frameOf('a\ud83e', 1)).toBeNull()
  const whole = frameOf('a\ud83e\uddef', 1)!
  expect([decode(whole.frame).text, whole.end]).toEqual(['🧯', 3])
  const lone = frameOf('a\ud83eb', 1)!
  expect([decode(lone.frame).text, lone.end]).toEqual(['\ufffdb', 3])
})
