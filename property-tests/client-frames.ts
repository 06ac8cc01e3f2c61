/** Any bytes as our client reads them, against the standard, and against the parser that it uses fed with all at once. */
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect } from 'vitest'
import { readFrames } from '../src/client/frames.ts'
import { chunks } from './chunks.ts'
import type { Property } from './runner/property.ts'

type Frame = { id: string | undefined; event: string | undefined; data: string }

const LINES = [
  'data: ',
  'data:',
  'data',
  'id: 3',
  'id',
  'id: \0',
  'event: x',
  'event:',
  'retry: 5',
  ': c',
  '',
]
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `data: ${text}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
)
const end = fc.constantFrom('\n', '\n', '\n\n', '\r\n', '\r\n\r\n', '\r', '\r\r', '')
const stream = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff'),
    fc.array(fc.tuple(line, end), { maxLength: 16 }),
    fc.uint8Array({ maxLength: 4 }),
    fc.nat(),
  )
  .map(([bom, lines, garbage, at]) => {
    const text = Buffer.from(bom + lines.map(([said, ended]) => said + ended).join(''))
    const place = at % (text.length + 1)
    return Buffer.concat([text.subarray(0, place), garbage, text.subarray(place)])
  })

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, in the simplest way. */
function readByStandard(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = []
  let id: string | undefined
  let event: string | undefined
  let data: string[] = []
  // What follows the last line's end is no line yet.
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\r|\n/)
    .slice(0, -1)
  for (const text of lines) {
    if (text === '') {
      if (data.length > 0) frames.push({ id, event, data: data.join('\n') })
      id = undefined
      event = undefined
      data = []
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(text)!
    if (field === 'data') data.push(value)
    if (field === 'event') event = value === '' ? undefined : value
    if (field === 'id' && !value.includes('\0')) id = value
  }
  return frames
}

function readByOracle(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = []
  const parser = createParser({ onEvent: ({ id, event, data }) => frames.push({ id, event, data }) })
  parser.feed(new TextDecoder().decode(bytes))
  return frames
}

async function readByClient(parts: Uint8Array[]): Promise<Frame[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
  const limits = { idleTimeoutMs: 60_000, frameBytesMax: 1_000_000 }
  const frames: Frame[] = []
  for await (const completed of readFrames(body, limits, new AbortController()))
    frames.push(...completed.map(({ id, event, data }) => ({ id, event, data })))
  return frames
}

export const clientFrames: Property = {
  name: 'client-frames',
  title: 'in whatever chunks any bytes come, the client reads the frames that the standard sees in them',
  runs: 1_000,
  open: () => ({
    check: fc.asyncProperty(stream, chunks, async (bytes, chunk) => {
      const read = await readByClient(chunk(bytes))
      expect(read).toEqual(readByOracle(bytes))
      expect(read).toEqual(readByStandard(bytes))
    }),
  }),
}
