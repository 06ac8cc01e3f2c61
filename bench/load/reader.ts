/**
 * Reads an event stream off a socket's bytes, as cheaply as it can while it still sees each id. It does not undo HTTP's
 * chunks: a chunk's size is a line of its own, and no line that means anything here.
 */

export type ReaderEvents = {
  onHead(status: number): void
  onCaughtUp(): void
  /** `stamp`: the clock in the event's text, when it was asked for and is there in one piece; else 0. */
  onId(id: number, stamp: number): void
}

const [NEWLINE, ZERO, NINE, E, I] = [10, 48, 57, 101, 105]
const STAMP_AT = '"text":"'
const STAMP_DIGITS = 16

/** @param wantsStamp whether to look for the clock in the event with this id */
export function createReader(events: ReaderEvents, wantsStamp: (id: number) => boolean) {
  let place: 'head' | 'start' | 'id' | 'word' | 'rest' = 'head'
  /** Of the head, or of a line that names an event. */
  let text = ''
  let id = -1
  /** The event whose clock is wanted, until it is there. */
  let stamped = -1

  const readStamp = (bytes: Buffer, from: number, to: number): number => {
    const at = bytes.indexOf(STAMP_AT, from, 'latin1')
    const end = at + STAMP_AT.length + STAMP_DIGITS
    if (at === -1 || end > to) return 0
    return Number(bytes.toString('latin1', at + STAMP_AT.length, end)) || 0
  }

  const readHead = (bytes: Buffer): number => {
    const before = text.length
    text += bytes.toString('latin1', 0, bytes.length)
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) return bytes.length
    events.onHead(Number(text.split(' ', 2)[1]))
    place = 'start'
    text = ''
    return end + 4 - before
  }

  return (bytes: Buffer): void => {
    const { length } = bytes
    let i = place === 'head' ? readHead(bytes) : 0
    while (i < length) {
      if (place === 'start') {
        const first = bytes[i]!
        if (first === I) {
          place = 'id'
          id = 0
        } else if (first === NEWLINE) i++
        else if (first === E) {
          place = 'word'
          text = ''
        } else {
          place = 'rest'
          // The line behind an id is its event.
          if (stamped !== -1) events.onId(stamped, readStamp(bytes, i, length))
          stamped = -1
        }
      } else if (place === 'id') {
        for (; i < length && bytes[i] !== NEWLINE; i++) {
          const byte = bytes[i]!
          if (byte >= ZERO && byte <= NINE) id = id * 10 + byte - ZERO
        }
        if (i === length) return
        i++
        place = 'start'
        if (wantsStamp(id)) stamped = id
        else events.onId(id, 0)
      } else {
        const end = bytes.indexOf(NEWLINE, i)
        if (place === 'word') text += bytes.toString('latin1', i, end === -1 ? length : end)
        if (end === -1) return
        if (text === 'event: caught-up' && place === 'word') events.onCaughtUp()
        place = 'start'
        i = end + 1
      }
    }
  }
}
