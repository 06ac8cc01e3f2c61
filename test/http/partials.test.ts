/** What is being written, over real HTTP, through everything that can cut it off. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { attach } from '../../src/client/attach.ts'
import { followWriting, nothingWritten, type Writing } from '../../src/client/writing.ts'
import { createRandom } from '../chaos/random.ts'
import { type Frame, isCaughtUp, isTurnEnd, readStream } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const isPartial = (frame: Frame): boolean => frame.event === 'partial'
const partialsOf = (frames: Frame[]) => frames.filter(isPartial).map((frame) => frame.data)
const textOf = (frames: Frame[]): string =>
  partialsOf(frames)
    .map(({ text }) => text)
    .join('')
const read = (server: TestServer, id: string, options: Partial<Parameters<typeof readStream>[1]> = {}) =>
  readStream(server.eventsUrl(id), { token: server.token(), ...options })

/** A gate that the agent waits at, and says that it has reached. */
function gate(server: TestServer, name: string) {
  const file = join(server.dataDir, name)
  return {
    steps: { touch: `${file}-reached`, await: file },
    reached: () => until(() => expect(existsSync(`${file}-reached`)).toBe(true)),
    open: () => writeFileSync(file, ''),
  }
}

describe('what is being written', () => {
  it('comes right after caught-up, then in parts, then as the finished block; and is not in the log', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const [first, second] = [gate(server, 'first'), gate(server, 'second')]
    const parts = ['so ', 'far', first.steps, ' and 🧯', second.steps, ' on.']
    await server.prompt(
      id,
      script({ write: { kind: 'thinking', parts } }, { write: { index: 1, parts: ['b'] } }),
    )
    // Until the server has read it, too.
    const early: Frame[] = []
    await read(server, id, { onFrame: (frame) => early.push(frame), until: () => textOf(early) === 'so far' })
    const frames: Frame[] = []
    const stream = read(server, id, { until: isTurnEnd, onFrame: (frame) => frames.push(frame) })
    await until(() => expect(textOf(frames)).toBe('so far'))
    expect(frames.findIndex(isPartial)).toBe(frames.findIndex(isCaughtUp) + 1)
    first.open()
    await until(() => expect(textOf(frames)).toBe('so far and 🧯'))
    // One that comes now gets all of it in one.
    const late = await read(server, id, { lastEventId: 1, until: isPartial })
    expect(partialsOf(late.frames)).toEqual([
      { turn: 1, block: 0, kind: 'thinking', offset: 0, text: 'so far and 🧯' },
    ])
    expect(late.text).toContain(
      'event: partial\ndata: {"turn":1,"block":0,"kind":"thinking","offset":0,"text":"so far and 🧯"}\n\n',
    )
    second.open()
    await stream
    let length = 0
    for (const partial of partialsOf(frames).filter(({ block }) => block === 0)) {
      expect(partial.offset).toBe(length)
      length += partial.text.length
    }
    expect(frames.every((frame) => !isPartial(frame) || frame.id === undefined)).toBe(true)
    const events = await server.events(id)
    expect(events.filter(({ kind }) => kind === 'thinking' || kind === 'text')).toMatchObject([
      { kind: 'thinking', text: 'so far and 🧯 on.', block: 0 },
      { kind: 'text', text: 'b', block: 1 },
    ])
    expect(JSON.stringify(events)).not.toContain('partial')
  })

  it('is there again when the server was killed in the middle of a block, behind a record in it', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const held = gate(server, 'held')
    const parts = ['before ', { aside: 'x' }, { aside: 'y' }, held.steps, 'after']
    await server.prompt(id, script({ write: { parts } }))
    await held.reached()
    await read(server, id, { until: (frame) => frame.data?.text === 'y' })
    await server.kill()
    await server.start()
    // Nothing more is said until the gate is open: this is what was stored.
    const { frames } = await read(server, id, { until: isPartial })
    expect(partialsOf(frames)).toMatchObject([{ block: 0, offset: 0, text: 'before ' }])
    held.open()
    await read(server, id, { until: isTurnEnd })
    expect((await server.events(id)).filter(({ kind }) => kind === 'text')).toMatchObject([
      { text: 'x', block: 1, parent: 'aside' },
      { text: 'y', block: 2, parent: 'aside' },
      { text: 'before after', block: 0 },
    ])
  })

  it('is taken back when its message comes to nothing, and ends with its turn', async () => {
    await using server = await startServer()
    const { id } = await server.open()
    const [first, second] = [gate(server, 'first'), gate(server, 'second')]
    const steps = [
      { write: { parts: ['lost', first.steps], unfinished: true } },
      { write: { message: 'retry', parts: ['found', second.steps], unfinished: true } },
    ]
    await server.prompt(id, script(...steps))
    const frames: Frame[] = []
    const stream = read(server, id, { until: isTurnEnd, onFrame: (frame) => frames.push(frame) })
    await until(() => expect(partialsOf(frames)).toHaveLength(1))
    first.open()
    await until(() => expect(partialsOf(frames)).toHaveLength(3))
    second.open()
    await stream
    expect(partialsOf(frames)).toMatchObject([
      { block: 0, offset: 0, text: 'lost' },
      { block: 0, offset: 0, text: '' },
      { block: 1, offset: 0, text: 'found' },
      // The result ends what its message was writing.
      ...partialsOf(frames)
        .slice(3)
        .map(() => ({ block: 1, offset: 0, text: '' })),
    ])
    const late = await read(server, id, { until: isCaughtUp })
    expect(partialsOf(late.frames)).toEqual([])
  })
})

describe('a client cut at random times', () => {
  const SEED = Number(process.env.PARTIALS_SEED ?? 20_261_122)
  const CLIENTS = 8
  const CUTS = 1_000
  const KILLS = 8
  const [BLOCKS, PARTS_PER_BLOCK, GATES_PER_BLOCK] = [20, 100, 2]

  it('rebuilds, from events and partials, exactly the agent’s text, in 1,000 random cuts of a 2,000-delta answer', async () => {
    const random = createRandom(SEED)
    const upTo = (max: number): number => Math.floor(random() * max)
    const pick = <T>(from: T[]): T => from[upTo(from.length)]!
    await using server = await startServer()
    const { id } = await server.open()
    const token = server.token()

    const gates: ReturnType<typeof gate>[] = []
    /** What is being written at each gate, and at last every block: the truth. */
    const atGate: { block: number; text: string }[] = []
    const texts: string[] = []
    const steps = Array.from({ length: BLOCKS }, (_, block) => {
      const parts: unknown[] = []
      let text = ''
      for (let part = 1; part <= PARTS_PER_BLOCK; part++) {
        const word = pick(['word ', 'a ', '🧯', 'é', '\n', '\ud83e', 'longer than the others '])
        text += word
        parts.push(word)
        // The other half of a character comes by itself.
        if (word === '\ud83e') {
          text += '\uddef'
          parts.push('\uddef')
          part++
        }
        if (random() < 0.3) parts.push({ sleep: 1 })
        if (part % (PARTS_PER_BLOCK / GATES_PER_BLOCK) <= (word === '\ud83e' ? 1 : 0)) {
          const next = gate(server, `gate-${gates.length}`)
          gates.push(next)
          atGate.push({ block: texts.length, text })
          parts.push(next.steps)
        }
        // A record in the middle of a block: the spool cursor is stored there.
        if (random() < 0.05) parts.push({ aside: `aside ${block} ${part}` })
      }
      texts.push(text)
      return {
        write: {
          kind: block % 3 === 0 ? 'thinking' : 'text',
          message: `m${block >> 1}`,
          index: block & 1,
          parts,
        },
      }
    })
    await server.prompt(id, script(...steps))

    let up = Promise.resolve()
    const counts = { cuts: 0, inFrames: 0, kills: 0, partials: 0 }

    /** Real HTTP, cut after some bytes or some time, wherever that is in a frame. */
    const cuttingFetch =
      (die: () => number): typeof fetch =>
      async (_url, init) => {
        await up
        const response = await fetch(server.eventsUrl(id), init!)
        const source = response.body!.getReader()
        let left = Math.floor(die() * die() * 10_000)
        const timer = setTimeout(() => void cut(), die() * 60)
        let done = false
        let lastByte = 10
        const cut = async (): Promise<void> => {
          if (done) return
          done = true
          clearTimeout(timer)
          counts.cuts++
          if (lastByte !== 10) counts.inFrames++
          await source.cancel().catch(() => {})
        }
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            const { value } = await source.read().catch(() => ({ value: undefined }))
            if (value === undefined) {
              clearTimeout(timer)
              return controller.close()
            }
            const part = value.subarray(0, left)
            left -= part.length
            if (part.length > 0) controller.enqueue(part)
            lastByte = part.at(-1) ?? lastByte
            if (left > 0) return
            await cut()
            controller.close()
          },
          cancel: () => {
            clearTimeout(timer)
            return source.cancel()
          },
        })
        return new Response(body, { status: response.status, headers: response.headers })
      }

    const follow = (die: () => number) => {
      let writing: Writing = nothingWritten
      const finished = new Map<number, string>()
      const run = async (): Promise<void> => {
        // Behind the prompt, which is larger than all that follows: the cuts are to be elsewhere.
        const options = { token, lastEventId: 1, fetch: cuttingFetch(die), random: () => 0 }
        for await (const item of attach(server.eventsUrl(id), options)) {
          if (item.type === 'partial') {
            counts.partials++
            // Never after the event that finished it, and never beyond what is there already.
            expect(finished.has(item.block)).toBe(false)
            expect(item.offset).toBeLessThanOrEqual(
              writing.find(({ block }) => block === item.block)?.text.length ?? 0,
            )
            expect(item.text.isWellFormed()).toBe(true)
          }
          writing = followWriting(writing, item)
          // At any time, what is being written is the beginning of what the agent writes.
          const [part, ...others] = writing
          expect(others).toEqual([])
          if (part) expect(texts.some((text) => text.startsWith(part.text))).toBe(true)
          if (item.type !== 'event') continue
          const { event } = item
          if ((event.kind === 'text' || event.kind === 'thinking') && event.parent === undefined)
            finished.set(event.block, event.text)
          if (event.kind === 'turn_end') return
        }
      }
      return { run, finished, writing: () => writing }
    }

    const clients = Array.from({ length: CLIENTS }, () => follow(createRandom(upTo(2 ** 31))))
    const ended = Promise.all(clients.map(({ run }) => run()))
    // Looked at below; one that fails meanwhile must not go unhandled.
    ended.catch(() => {})

    const killAt = new Set<number>()
    while (killAt.size < KILLS) killAt.add(upTo(gates.length))
    for (const [at, { reached, open }] of gates.entries()) {
      const restart = async (): Promise<void> => {
        await sleep(upTo(30))
        await server.kill()
        counts.kills++
        await server.start()
      }
      if (killAt.has(at)) up = restart()
      await Promise.race([reached(), ended])
      // The agent waits in the middle of a block: what every client has equals what it has printed.
      const truth = texts.slice(0, atGate[at]!.block).concat(atGate[at]!.text)
      for (const { finished, writing } of clients) {
        const isTrue = until(() => {
          expect([...finished.values(), ...writing().map(({ text }) => text)]).toEqual(truth)
        })
        await Promise.race([isTrue, ended])
      }
      while (counts.cuts < ((at + 1) * CUTS) / gates.length) await Promise.race([sleep(1), ended])
      await up
      open()
    }
    await ended
    for (const { finished, writing } of clients) {
      expect([...finished.values()]).toEqual(texts)
      expect(writing()).toEqual([])
    }
    const deltas = steps.flatMap(({ write }) => write.parts.filter((part) => typeof part === 'string')).length
    expect(deltas).toBeGreaterThanOrEqual(2_000)
    expect(counts.cuts).toBeGreaterThanOrEqual(CUTS)
    process.stdout.write(
      `seed ${SEED}: ${deltas} deltas, ${counts.cuts} cuts (${counts.inFrames} within a frame), ` +
        `${counts.kills} kills, ${counts.partials} partials\n`,
    )
  }, 300_000)
})
